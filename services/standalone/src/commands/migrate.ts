import { dirname } from 'node:path';
import { eventStoreAddress, personKeysAddress } from '@evident/runtime';
import { InvalidArgumentError, Option } from 'commander';
import type { DefineCommand } from '../cli/command.ts';
import { count } from '../cli/count-text.ts';
import { type AnswerOptions, configOf, environmentOf, withJson } from '../cli/store-options.ts';
import type { Terminal } from '../cli/terminal.ts';
import { factList } from '../cli/text-table.ts';
import type { Migrated } from '../migrate/index.ts';

interface MigrateOptions extends AnswerOptions {
  readonly from?: string;
  readonly to: string;
  readonly dataDir?: string;
  readonly personKeysFrom?: string;
  readonly personKeysTo?: string;
  readonly wait?: boolean;
  readonly stopped?: boolean;
}

const more = `
Events keep their ids, contents, streams, revisions, recorded times and order, so seals and proofs hold on the copy; it
has an id of its own, and each event in it says where it stood before. Every event is read back and compared. Positions
that clients remember are refused from then on (410 log-changed). Views are built anew at the next start.

Copy beside a running server first: it ends by saying that the source is in use. Stop the server and run the same line
again, which copies what came since and finishes. With --wait one run does both. It may be killed at any moment and run
again. Until it is finished no server can open the copy; from then on start no server on the source again.

Examples:
  $ evident migrate --from sqlite:./data/events.db --to sqlite:/srv/evident/events.db
  $ evident migrate --to 'esdb://user:password@host:2113' --wait
  $ evident migrate --from 'esdb://host:2113' --to sqlite:/srv/evident/events.db --stopped --json
`;

export const defineMigrate: DefineCommand = (program, { terminal, progress, action }) => {
  const command = program
    .command('migrate')
    .summary('move the log to another store, or another machine')
    .description(
      'Copies the log with the keys of its people into an empty place, resumable, and reads every event back.',
    )
    .requiredOption('--to <url>', 'where the copy is to be, for example esdb://user:password@host:2113', storeUrl)
    .addOption(
      new Option('--from <url>', 'the log to copy (else EVENT_STORE_URL, else the data directory)').argParser(storeUrl),
    )
    .option('--data-dir <folder>', 'where the keys of the source are (else DATA_DIR, else the folder of its file)')
    .option('--person-keys-from <url>', 'the keys of people of the source (else as its server finds them)')
    .option('--person-keys-to <url>', 'where they go (else where a server on the copy looks for them)')
    .option('--wait', 'go on copying until nobody has the source open, then finish')
    .option('--stopped', 'an EventStoreDB as source: every service that writes it is stopped')
    .addHelpText('after', more);
  withJson(command).action(
    action(async (options: MigrateOptions) => {
      const { migrateLog } = await import('../migrate/index.ts');
      const migrated = await migrateLog({
        ...placesOf(options, terminal.env),
        wait: options.wait === true,
        stopped: options.stopped === true,
        now: terminal.now,
        report: progress.report,
      });
      progress.clear();
      terminal.stdout.write(
        options.json === true ? `${JSON.stringify(migrated, undefined, 2)}\n` : asText(migrated, options),
      );
      return 0;
    }),
  );
};

function storeUrl(text: string): string {
  if (/^(sqlite:.+|esdb(\+discover)?:\/\/.+)$/.test(text)) return text;
  throw new InvalidArgumentError('Write sqlite:<file>, esdb://… or esdb+discover://….');
}

/** Where everything is now, and where a server on the copy with the same READ_MODEL_URL would look for it. */
function placesOf(options: MigrateOptions, env: Terminal['env']) {
  const { from, to, personKeysFrom, personKeysTo } = options;
  const file = /^sqlite:(?:\/\/)?(.+)$/.exec(from ?? '')?.[1];
  const dataDir = options.dataDir ?? env.DATA_DIR ?? (file === undefined ? undefined : dirname(file));
  const source = environmentOf(
    {
      ...(dataDir === undefined ? {} : { dataDir }),
      ...(from === undefined ? {} : { eventStore: from }),
    },
    personKeysFrom === undefined ? env : { ...env, PERSON_KEYS_URL: personKeysFrom },
  );
  const config = configOf({}, source);
  const target = eventStoreAddress(to, config.dataDir);
  const surroundings = {
    dataDir: target.kind === 'embedded' ? dirname(target.path) : config.dataDir,
    eventStore: target,
    readModel: config.readModel,
  };
  return { config, to: target, personKeysTo: personKeysAddress(personKeysTo ?? env.PERSON_KEYS_URL, surroundings) };
}

function asText(migrated: Migrated, { to }: MigrateOptions): string {
  const { from, events, copied, digest, finishedBefore } = migrated;
  if (finishedBefore) {
    return `It was finished before, with ${count(events)} events as log ${migrated.to.logId}; nothing was added to log ${from.logId} since.\n`;
  }
  const earlier = copied === events ? '' : `, ${count(events - copied)} of them by an earlier run`;
  const facts = factList([
    ['Copied', `${count(events)} events${earlier}`],
    ['Log', `${migrated.to.logId} (was ${from.logId})`],
    ['Read back', `each, and each is the same; SHA-256 over their digests ${digest}`],
    ['People', peopleText(migrated)],
  ]);
  const steps = [
    ...keySteps(migrated, to),
    startStep(to),
    'Start no server on the old log again: what it would write is in no copy.',
    'Once the new one serves, delete the old log and its keys of people: an erasure does not reach them any more.',
  ];
  return `${facts}\n${steps.map((step, index) => `${index + 1}. ${step}\n`).join('')}`;
}

function peopleText({ personKeys }: Migrated): string {
  if (personKeys === null) return 'none are known yet';
  if (personKeys.outcome === 'left') return 'their keys are left where they are; source and copy use the same';
  const erased = personKeys.erased === 0 ? '' : `; ${count(personKeys.erased)} erased before, who stay so`;
  return `${count(personKeys.keys)} keys copied${erased}`;
}

function keySteps({ keyFiles }: Migrated, to: string): readonly string[] {
  if (keyFiles.length > 0) return [`${keyFiles.join(' and ')} lie beside the copy now; keep copies of them elsewhere.`];
  return to.startsWith('sqlite:') ? [] : ['Give its services the same MASTER_KEY and DATA_KEY as before.'];
}

function startStep(to: string): string {
  const file = /^sqlite:(?:\/\/)?(.+)$/.exec(to)?.[1];
  if (file === undefined)
    return 'Start the services with EVENT_STORE_URL naming the new store   (the views are built then)';
  const isUsual = file.endsWith('/events.db');
  const start = isUsual ? `--data-dir ${dirname(file)}` : `--data-dir ${dirname(file)} --event-store ${to}`;
  return `Start: evident start ${start}   (the views are built then)`;
}
