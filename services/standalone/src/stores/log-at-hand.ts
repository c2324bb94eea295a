import { type Log, openLog } from '@evident/log';
import { type Clock, type Config, silentLogger } from '@evident/runtime';
import { existingFiles } from './embedded-stores.ts';

/** Milliseconds: a server that was started a moment ago may be about to make the keys. */
const patienceMs = 1_000;

/** Opens the log for a command, beside a server or without one; makes none that was only misspelt. Throws `StartupProblem`. */
export function openLogAtHand(config: Config, now: Clock): Promise<Log> {
  if (config.eventStore.kind === 'embedded') existingFiles(config);
  return openLog({ config, createKeyring: false, logger: silentLogger, now, patienceMs });
}
