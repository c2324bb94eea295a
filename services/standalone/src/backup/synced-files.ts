import { createHash, randomBytes } from 'node:crypto';
import { closeSync, createReadStream, createWriteStream, fsyncSync, openSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { finished } from 'node:stream/promises';

export interface FileContent {
  readonly bytes: number;
  /** 64 hex digits. */
  readonly sha256: string;
}

type BytesRead = (bytes: number) => void;

/** A name beside `path` for something that is being made. */
export function draftNameOf(path: string): string {
  return `${path}.${randomBytes(6).toString('hex')}.part`;
}

export async function hashFile(path: string, onBytes?: BytesRead): Promise<FileContent> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
    hash.update(chunk);
    bytes += chunk.length;
    onBytes?.(bytes);
  }
  return { bytes, sha256: hash.digest('hex') };
}

/** Copies to a new file (mode 0600, synced) and tells what was read, so that the copy itself was compared. */
export async function copyFileSynced(from: string, to: string, onBytes?: BytesRead): Promise<FileContent> {
  const output = createWriteStream(to, { flags: 'wx', mode: 0o600, flush: true });
  const hash = createHash('sha256');
  let bytes = 0;
  try {
    for await (const chunk of createReadStream(from, { highWaterMark: 1 << 20 })) {
      hash.update(chunk);
      bytes += chunk.length;
      if (!output.write(chunk)) await drained(output);
      onBytes?.(bytes);
    }
    output.end();
    await finished(output);
  } finally {
    output.destroy();
  }
  return { bytes, sha256: hash.digest('hex') };
}

function drained(output: NodeJS.WritableStream): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  output.once('drain', resolve);
  output.once('error', reject);
  return promise.finally(() => output.off('error', reject));
}

/** Writes a new file, mode 0600, synced. The file must not exist. */
export function writeNewFile(path: string, text: string): void {
  const file = openSync(path, 'wx', 0o600);
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Replaces a file at once: whoever reads it sees the old or the new one, whole. */
export function replaceFile(path: string, text: string): void {
  const draft = draftNameOf(path);
  writeNewFile(draft, text);
  renameSync(draft, path);
  syncDirectory(dirname(path));
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
