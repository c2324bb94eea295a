import { existsSync, rmSync } from 'node:fs';

const unfinished = new Set<string>();

/** Whoever still copies into a folder makes few files more. */
const mostAttempts = 1_000;

/** Remembers a folder that is being made, until the function that it gives back is called: it is whole then, or gone. */
export function unfinishedFolder(path: string): () => void {
  unfinished.add(path);
  return () => void unfinished.delete(path);
}

/** For a process that ends in the middle of it. Whoever writes into such a folder meanwhile fails. */
export function removeUnfinishedFolders(): void {
  for (const path of unfinished) remove(path);
}

/** A file that comes or goes at that moment makes Node throw, or give up without a word. */
function remove(path: string): void {
  for (let attempt = 0; attempt < mostAttempts && existsSync(path); attempt += 1) {
    try {
      rmSync(path, { recursive: true, force: true });
    } catch (error) {
      if (attempt === mostAttempts - 1) throw error;
    }
  }
}
