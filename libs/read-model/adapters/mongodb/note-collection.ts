import type { JsonObject } from '@evident/event-store';
import type { Collection } from 'mongodb';
import type { Note } from '../../src/read-model.port.ts';
import { checkKey } from '../../src/row-rules.ts';
import { idsBeginning } from './key-range.ts';

/** A note as it lies in its collection. */
export interface NoteDocument {
  /** The key. */
  readonly _id: string;
  /** As JSON, so that it comes back exactly. */
  readonly note: string;
}

/** Facts that no event says, by key. */
export class NoteCollection {
  readonly #collection: Collection<NoteDocument>;

  constructor(collection: Collection<NoteDocument>) {
    this.#collection = collection;
  }

  async put(key: string, note: JsonObject | undefined): Promise<void> {
    checkKey(key);
    if (note === undefined) await this.#collection.deleteOne({ _id: key });
    else await this.#collection.replaceOne({ _id: key }, { note: JSON.stringify(note) }, { upsert: true });
  }

  async read(prefix: string): Promise<readonly Note[]> {
    const found = await this.#collection.find({ _id: idsBeginning(prefix) }, { sort: { _id: 1 } }).toArray();
    return found.map(({ _id: key, note }) => ({ key, note: JSON.parse(note) as JsonObject }));
  }
}
