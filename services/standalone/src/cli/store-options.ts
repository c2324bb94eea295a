import { type Config, describeProblems, loadConfig } from '@evident/runtime';
import { type Command, Option } from 'commander';
import { CliProblem } from './failure.ts';
import type { Terminal } from './terminal.ts';

/** Which stores a command works on; each overrides the variable of the server that it is named after. */
export interface StoreOptions {
  readonly dataDir?: string;
  readonly eventStore?: string;
  readonly readModel?: string;
}

/** Of a command that asks a server or, where none is named, the stores themselves. */
export interface SourceOptions extends StoreOptions {
  readonly url?: string;
}

export interface AnswerOptions {
  readonly json?: boolean;
}

/** Adds the options of a command that works straight on the stores. It may run beside a server. */
export function withStores(command: Command): Command {
  for (const option of storeOptions()) command.addOption(option);
  return command;
}

export function storeOptions(): readonly Option[] {
  return [
    new Option('--data-dir <folder>', 'the data directory (else DATA_DIR, else ./data)'),
    new Option('--event-store <url>', 'the event log, for example sqlite:/srv/evident/events.db'),
    new Option('--read-model <url>', 'the read models, for example sqlite:/srv/evident/read-models.db'),
  ];
}

export function withSource(command: Command): Command {
  return withStores(command).option(
    '--url <url>',
    'ask this server, with the token in EVIDENT_TOKEN, rather than the stores (else EVIDENT_URL, unless stores are named)',
  );
}

/** The server to ask. Stores named in the command line come before a server that only the environment names. */
export function serverOf(options: SourceOptions, env: Terminal['env']): string | undefined {
  const { url, dataDir, eventStore, readModel } = options;
  const named = dataDir ?? eventStore ?? readModel;
  return url ?? (named === undefined && env.EVIDENT_URL !== '' ? env.EVIDENT_URL : undefined);
}

export function withJson(command: Command): Command {
  return command.option('--json', 'print the answer as JSON, for programs');
}

/** The environment of the server, with what the options override. */
export function environmentOf(options: StoreOptions, env: Terminal['env']): Record<string, string | undefined> {
  return {
    ...env,
    ...(options.dataDir === undefined ? {} : { DATA_DIR: options.dataDir }),
    ...(options.eventStore === undefined ? {} : { EVENT_STORE_URL: options.eventStore }),
    ...(options.readModel === undefined ? {} : { READ_MODEL_URL: options.readModel }),
  };
}

/** The same configuration that the server would have. Throws `CliProblem` naming each variable that is wrong. */
export function configOf(options: StoreOptions, env: Terminal['env']): Config {
  const loaded = loadConfig(environmentOf(options, env), { service: 'standalone' });
  if (loaded.ok) return loaded.config;
  throw new CliProblem(describeProblems(loaded.problems), 'Correct the configuration, then run the command again.');
}
