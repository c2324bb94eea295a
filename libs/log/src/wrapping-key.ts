import { createSecretKey, type KeyObject } from 'node:crypto';
import { KeyFileFault, readKeyFile, readOrCreateKeyFile } from '@evident/crypto';
import { type KeySource, type Logger, StartupProblem } from '@evident/runtime';

/** A configured key: it only wraps others, see `openKeyring`. */
export interface WrappingKey {
  readonly key: KeyObject;
  /** The variable or file, for messages. */
  readonly origin: string;
}

export interface WrappingKeyOptions {
  readonly variable: 'MASTER_KEY' | 'DATA_KEY';
  /** Only for a log with nothing in it: a new key beside an old log would open nothing, and hide why. */
  readonly mayMake: boolean;
  readonly logger: Logger;
}

/** The key of a source. Throws `StartupProblem`: no file, not a key, not readable. */
export function readWrappingKey(source: KeySource, { variable, mayMake, logger }: WrappingKeyOptions): WrappingKey {
  if (source.from === 'environment') return { key: createSecretKey(source.key), origin: variable };
  try {
    const file = mayMake ? readOrCreateKeyFile(source.path) : readKeyFile(source.path);
    if (file.warning !== undefined) logger.warn({ file: source.path }, file.warning);
    return { key: createSecretKey(file.key), origin: source.path };
  } catch (fault) {
    if (!(fault instanceof KeyFileFault)) throw fault;
    const remedy = `Put the file back, or give the same key in ${variable}. Without it nothing that it wraps can be opened.`;
    throw new StartupProblem(fault.message, remedy, { cause: fault });
  }
}
