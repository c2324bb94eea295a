import { rmSync } from 'node:fs';

const unfinished = new Set<string>();

/** Remembers a folder that is being made, until the function that it gives back is called: it is whole then, or gone. */
export function unfinishedFolder(path: string): () => void {
  unfinished.add(path);
  return () => void unfinished.delete(path);
}

/** For a process that ends in the middle of it. Whoever writes into such a folder meanwhile fails. */
export function removeUnfinishedFolders(): void {
  for (const path of unfinished) rmSync(path, { recursive: true, force: true, maxRetries: 10 });
}
