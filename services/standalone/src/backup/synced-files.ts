import { createHash, randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, openSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { BackupProblem } from './backup-problem.ts';

export interface FileContent {
  readonly bytes: number;
  /** 64 hex digits. */
  readonly sha256: string;
}

const bufferBytes = 1 << 20;

type BytesRead = (bytes: number) => void;

/** A name beside `path` for something that is being made. */
export function draftNameOf(path: string): string {
  return `${path}.${randomBytes(6).toString('hex')}.part`;
}

export async function hashFile(path: string, onBytes?: BytesRead): Promise<FileContent> {
  return readThrough(path, async () => undefined, onBytes);
}

/** Copies to a new file (mode 0600, synced) and tells what was read, so that it is the copy's bytes that were hashed. */
export async function copyFileSynced(from: string, to: string, onBytes?: BytesRead): Promise<FileContent> {
  const output = await open(to, 'wx', 0o600);
  try {
    const read = await readThrough(from, (chunk) => output.writeFile(chunk), onBytes);
    await output.sync();
    return read;
  } finally {
    await output.close();
  }
}

/** In one buffer, however large the file is. */
async function readThrough(
  path: string,
  take: (chunk: Uint8Array) => Promise<void>,
  onBytes: BytesRead = () => undefined,
): Promise<FileContent> {
  const input = await open(path, 'r');
  const hash = createHash('sha256');
  const buffer = Buffer.allocUnsafe(bufferBytes);
  let bytes = 0;
  try {
    for (;;) {
      const { bytesRead } = await input.read(buffer, 0, bufferBytes);
      if (bytesRead === 0) return { bytes, sha256: hash.digest('hex') };
      const chunk = buffer.subarray(0, bytesRead);
      hash.update(chunk);
      await take(chunk);
      bytes += bytesRead;
      onBytes(bytes);
    }
  } finally {
    await input.close();
  }
}

/** Writes a new file, mode 0600, synced. The file must not exist. */
export function writeNewFile(path: string, text: string): void {
  const file = openSync(path, 'wx', 0o600);
  try {
    // Not `writeSync`: where the disk fills up that writes a part, and says no more than how much.
    writeFileSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Replaces a file at once: whoever reads it sees the old or the new one, whole. */
export function replaceFile(path: string, text: string): void {
  const draft = draftNameOf(path);
  try {
    writeNewFile(draft, text);
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
  syncDirectory(dirname(path));
}

/** Throws `BackupProblem` where what is to be made at `path` has no folder to lie in. */
export function mustHaveFolder(path: string): void {
  if (statSync(dirname(path), { throwIfNoEntry: false })?.isDirectory() === true) return;
  throw new BackupProblem(`There is no folder ${dirname(path)}.`, 'Create it, or name another place.');
}

/** Makes names in a directory durable; a no-op where the system cannot sync one. */
export function syncDirectory(path: string): void {
  if (process.platform === 'win32') return;
  const directory = openSync(path, 'r');
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}
