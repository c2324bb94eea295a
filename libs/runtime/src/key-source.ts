import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { basename, dirname } from 'node:path';
import { key32 } from './environment-values.ts';
import { isErrorWithCode } from './error-with-code.ts';
import { StartupProblem } from './startup-problem.ts';

/** Where a wrapping key comes from: the variable, already decoded, or a file in the data directory. */
export type KeySource =
  | { readonly from: 'environment'; readonly key: Buffer }
  | { readonly from: 'file'; readonly path: string };

export function keySource(key: Buffer | undefined, path: string): KeySource {
  return key === undefined ? { from: 'file', path } : { from: 'environment', key };
}

/**
 * Reads the 32 bytes of a wrapping key.
 *
 * With `mayCreate`, a missing file is made (mode 0600, complete and synced before it gets its name, so of several
 * processes that start at once exactly one makes it and none reads half of it). Allow that only for a new log: a fresh
 * key beside an old log would make every sealed value unreadable.
 *
 * @throws StartupProblem where the file is missing or holds no key.
 */
export function readKey(source: KeySource, options: { readonly mayCreate: boolean }): Buffer {
  if (source.from === 'environment') return source.key;
  if (options.mayCreate) createKeyFile(source.path);
  return parseKeyFile(source.path);
}

function parseKeyFile(path: string): Buffer {
  const name = basename(path);
  const variable = name === 'master.key' ? 'MASTER_KEY' : 'DATA_KEY';
  try {
    const parsed = key32.safeParse(readFileSync(path, 'utf8').trim());
    if (parsed.success) return parsed.data;
  } catch (error) {
    if (!isErrorWithCode(error) || error.code !== 'ENOENT') throw error;
    const remedy = `Restore ${name} from where you keep it, or set ${variable} to its content. A new key cannot open what the lost one sealed.`;
    throw new StartupProblem(`The key file ${path} is missing, though there is a log that needs it.`, remedy);
  }
  throw new StartupProblem(
    `The key file ${path} does not hold 32 bytes in base64.`,
    `Restore ${name} from where you keep it, or set ${variable}.`,
  );
}

function createKeyFile(path: string): void {
  if (existsSync(path)) return;
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const draft = `${path}.${process.pid}.new`;
  rmSync(draft, { force: true });
  const file = openSync(draft, 'wx', 0o600);
  try {
    writeSync(file, `${randomBytes(32).toString('base64')}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  try {
    linkSync(draft, path);
    syncDirectory(dirname(path));
  } catch (error) {
    if (!isErrorWithCode(error) || error.code !== 'EEXIST') throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

function syncDirectory(path: string): void {
  const directory = openSync(path, 'r');
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}
