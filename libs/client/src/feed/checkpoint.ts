import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';

/** How far a subscription has come. Plain JSON: keep it wherever the effects of the events are kept. */
export interface Place {
  /** Every event up to here was handled. Absent before the first, where it follows only new ones. */
  readonly position?: string | undefined;
  /** The stream that it was read from, and where there: saves looking for the place. */
  readonly stream?: { readonly created: string; readonly sequence: number } | undefined;
}

/**
 * Where the place is kept. Saved after an event was handled, so that an event may come again and never be skipped. Where
 * `save` and the effects of `handle` are one transaction (see `Handling.place`), effects happen once.
 */
export interface CheckpointStore {
  load(): Promise<Place | undefined>;
  save(place: Place): Promise<void>;
}

/** In a file, replaced whole each time and flushed to disk. One subscription each. */
export function fileCheckpoint(path: string): CheckpointStore {
  return {
    async load() {
      try {
        return JSON.parse(await readFile(path, 'utf8')) as Place;
      } catch (error) {
        if ((error as { readonly code?: unknown }).code === 'ENOENT') return undefined;
        throw error;
      }
    },
    async save(place) {
      await mkdir(dirname(path), { recursive: true });
      const draft = await open(`${path}.draft`, 'w', 0o600);
      try {
        await draft.writeFile(JSON.stringify(place));
        await draft.sync();
      } finally {
        await draft.close();
      }
      await rename(`${path}.draft`, path);
    },
  };
}

/** Until the process ends. */
export function memoryCheckpoint(): CheckpointStore {
  let kept: Place | undefined;
  return {
    load: async () => kept,
    save: async (place) => {
      kept = place;
    },
  };
}
