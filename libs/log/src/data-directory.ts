import { chmodSync, existsSync, lstatSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { asStartupProblem, isErrorWithCode, type Logger } from '@evident/runtime';

/**
 * Makes the data directory where there is none and closes it to other users: the directory 0700, files in it 0600.
 * What belongs to somebody else is left as it is, with a warning. Throws `StartupProblem` where it cannot be used.
 */
export function prepareDataDirectory(directory: string, logger: Logger): void {
  try {
    makeDirectory(directory);
    if (process.platform === 'win32') return;
    tighten(directory, 0o700, logger);
    for (const name of readdirSync(directory)) {
      const path = join(directory, name);
      ifStillThere(() => lstatSync(path).isFile() && tighten(path, 0o600, logger));
    }
  } catch (error) {
    throw asStartupProblem(error);
  }
}

/**
 * Makes a directory, mode 0700, and those above it, where there is none. Not by Node's own `recursive`: that tries for ever
 * where the system has no such place in a directory that exists, as in /proc.
 */
export function makeDirectory(directory: string): void {
  const above = dirname(directory);
  if (!existsSync(above) && above !== directory) makeDirectory(above);
  try {
    mkdirSync(directory, { mode: 0o700 });
  } catch (error) {
    if (statSync(directory, { throwIfNoEntry: false })?.isDirectory() !== true) throw error;
  }
}

/** What lies beside a database goes when another process closes it. */
function ifStillThere(work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!(isErrorWithCode(error) && error.code === 'ENOENT')) throw error;
  }
}

function tighten(path: string, mode: number, logger: Logger): void {
  // Of a link, what it leads to: the mode of the link itself is always open, and means nothing.
  const stat = statSync(path);
  if ((stat.mode & 0o077) === 0) return;
  if (process.getuid?.() === stat.uid) {
    chmodSync(path, mode);
    logger.warn({ file: path }, `It was open to other users; its mode is ${mode.toString(8)} now.`);
  } else {
    logger.warn({ file: path }, 'It is open to other users and belongs to another one; close it by hand.');
  }
}
