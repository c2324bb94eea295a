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
 * Where the place is kept. What fails is tried again until the subscription is stopped, and nothing is handled meanwhile.
 * `load` is asked once, and undefined is where nothing was kept yet. Saved after an event was handled, so that an event
 * may come again and never be skipped. Where `save` and the effects of `handle` are one transaction (see
 * `Handling.place`), effects happen once.
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
        return placeIn(await readFile(path, 'utf8'));
      } catch (error) {
        if ((error as { readonly code?: unknown }).code === 'ENOENT') return undefined;
        if (!(error instanceof SyntaxError)) throw error;
        const remedy = 'put back a copy of it, or delete it to begin where `from` says';
        throw new Error(`${path} holds no place; ${remedy}`, { cause: error });
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

/** Throws a `SyntaxError` where the text is no place. */
function placeIn(text: string): Place {
  const place = JSON.parse(text) as Partial<Place> | null;
  const { position, stream } = place ?? {};
  const isOfStream = typeof stream?.created === 'string' && typeof stream.sequence === 'number';
  const isPlace = position === undefined ? isOfStream : typeof position === 'string';
  if (isPlace && (stream === undefined || isOfStream)) return place as Place;
  throw new SyntaxError('that is JSON, and no place');
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
