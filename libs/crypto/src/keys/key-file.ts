import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  fstatSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { generateKey, parseConfiguredKey } from './wrapped-key.ts';

export type KeyFileFaultCode = 'missing' | 'unreadable' | 'wrong-length' | 'unwritable';

/** The file cannot serve as a key; the message names the file and what to do. */
export class KeyFileFault extends Error {
  override readonly name = 'KeyFileFault';
  readonly code: KeyFileFaultCode;
  readonly path: string;
  constructor(code: KeyFileFaultCode, path: string, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.path = path;
  }
}

export interface KeyFile {
  /** 32 bytes. */
  readonly key: Buffer;
  /** What the operator should know: the file was open to others and was tightened, or could not be. */
  readonly warning?: string;
}

/**
 * The key in the file, made first where there is no file: 32 random bytes as base64 and a line end, mode 0600.
 *
 * Durable before it returns (file and directory synced). Of several processes that start at once one makes the
 * file and all read the same key: the file appears under its name complete or not at all.
 * Throws `KeyFileFault`.
 */
export function readOrCreateKeyFile(path: string): KeyFile & { readonly created: boolean } {
  try {
    return { ...readKeyFile(path), created: false };
  } catch (fault) {
    if (!(fault instanceof KeyFileFault) || fault.code !== 'missing') throw fault;
  }
  const created = createKeyFile(path);
  return { ...readKeyFile(path), created };
}

/** The key in the file. A file that others may read is tightened to 0600, with a warning. Throws `KeyFileFault`. */
export function readKeyFile(path: string): KeyFile {
  const { text, mode } = contents(path);
  const key = parseConfiguredKey(text);
  if (key === undefined) {
    throw new KeyFileFault(
      'wrong-length',
      path,
      `${path} does not hold a key: expected the base64 of 32 bytes. Restore the file from where its copy is kept.`,
    );
  }
  const warning = process.platform !== 'win32' && (mode & 0o077) !== 0 ? tighten(path, mode) : undefined;
  return warning === undefined ? { key } : { key, warning };
}

function contents(path: string): { text: string; mode: number } {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') {
      throw new KeyFileFault(
        'missing',
        path,
        `There is no key file ${path}. Restore it from where its copy is kept.`,
        error,
      );
    }
    throw new KeyFileFault('unreadable', path, `${path} cannot be read (${codeOf(error)}): check who owns it.`, error);
  }
  try {
    return { text: readFileSync(file, 'utf8'), mode: fstatSync(file).mode };
  } catch (error) {
    throw new KeyFileFault('unreadable', path, `${path} cannot be read (${codeOf(error)}).`, error);
  } finally {
    closeSync(file);
  }
}

function tighten(path: string, mode: number): string {
  const was = `${path} was open to other users (mode ${(mode & 0o777).toString(8)})`;
  try {
    chmodSync(path, 0o600);
    return `${was}; it is 600 now. If others had access to this machine, replace the key.`;
  } catch (error) {
    return `${was} and could not be tightened (${codeOf(error)}): run chmod 600 on it.`;
  }
}

/** False where another process was first. A link is atomic and never replaces, which a rename would. */
function createKeyFile(path: string): boolean {
  const draft = `${path}.${randomBytes(6).toString('hex')}.new`;
  try {
    try {
      writeSynced(draft, `${generateKey().toString('base64')}\n`);
      linkSync(draft, path);
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
      return false;
    } finally {
      rmSync(draft, { force: true });
    }
    syncDirectory(dirname(path));
    return true;
  } catch (error) {
    throw new KeyFileFault(
      'unwritable',
      path,
      `The key file ${path} cannot be made (${codeOf(error)}): check its folder.`,
      error,
    );
  }
}

function writeSynced(path: string, text: string): void {
  const file = openSync(path, 'wx', 0o600);
  try {
    // Not `writeSync`: where the disk fills up that writes a part, and says no more than how much.
    writeFileSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function syncDirectory(path: string): void {
  if (process.platform === 'win32') return;
  const directory = openSync(path, 'r');
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
