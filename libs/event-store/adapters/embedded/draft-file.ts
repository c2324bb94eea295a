import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, linkSync, openSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';

/** A name beside `path` for a file that is being made. */
export function draftOf(path: string): string {
  return `${path}.${randomBytes(6).toString('hex')}.new`;
}

/** Makes the empty file, for its owner alone; SQLite gives its side files the same mode. */
export function createDraft(draft: string): void {
  closeSync(openSync(draft, 'wx', 0o600));
}

/** Syncs the draft and gives it its name; false where another file has that name already. */
export function publish(draft: string, path: string): boolean {
  syncPath(draft);
  try {
    linkSync(draft, path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
  syncPath(dirname(path));
  return true;
}

export function removeDraft(draft: string): void {
  for (const end of ['', '-wal', '-shm', '-journal']) rmSync(draft + end, { force: true });
}

function syncPath(path: string): void {
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
