import { existsSync } from 'node:fs';
import { type Config, StartupProblem } from '@evident/runtime';

/** The files of a deployment on embedded stores. */
export interface EmbeddedFiles {
  readonly log: string;
  readonly personKeys: string;
}

/** Of the commands that work on files. Throws `StartupProblem` where the log is on a server. */
export function embeddedFiles(config: Config): EmbeddedFiles {
  if (config.eventStore.kind !== 'embedded') {
    throw new StartupProblem(
      'EVENT_STORE_URL names a server, and this command works on the files of an embedded log.',
      'Use the tools of that server for its data, or name the file with --event-store sqlite:<path>.',
    );
  }
  if (config.personKeys.kind !== 'embedded') {
    throw new StartupProblem(
      'PERSON_KEYS_URL names a server, and this command works on the files of an embedded log.',
      'Use the tools of that server for the person keys, or name their file with PERSON_KEYS_URL=sqlite:<path>.',
    );
  }
  return { log: config.eventStore.path, personKeys: config.personKeys.path };
}

/** The place of the log alone: a file that is there, or the URL of a server. */
export function existingLog({ eventStore }: Config): string {
  const log = eventStore.kind === 'embedded' ? eventStore.path : eventStore.url;
  if (eventStore.kind !== 'embedded' || existsSync(log)) return log;
  throw new StartupProblem(
    `There is no event log at ${log}.`,
    'Name the data directory with --data-dir or DATA_DIR. A new one is made by the first evident start.',
  );
}

/** The same, where both files are there: nothing here makes a store that was only misspelt. */
export function existingFiles(config: Config): EmbeddedFiles {
  existingLog(config);
  const files = embeddedFiles(config);
  if (!existsSync(files.personKeys)) {
    throw new StartupProblem(
      `There is no file of person keys at ${files.personKeys}.`,
      'Run evident doctor: it says how to get it back from a backup.',
    );
  }
  return files;
}
