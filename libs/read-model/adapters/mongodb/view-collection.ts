import { RecentlyUsed } from '@evident/event-store';
import type { AnyBulkWriteOperation, Collection } from 'mongodb';
import type { AnyView, RowWrite, StoredRow } from '../../src/read-model.port.ts';
import type { RowQuery } from '../../src/row-query.ts';
import { mustBeDuplicates } from './mongodb-fault.ts';
import { type RowDocument, storedRow } from './row-document.ts';
import { findByIndex, guardOf } from './row-filter.ts';

/** Keys asked for in one command. */
const keysAtOnce = 1000;
/** Keys remembered as present, at some 100 bytes each. */
const rememberedKeys = 100_000;

/** A write with the document it leaves, made before anything is written so that an unfit row refuses its batch whole. */
export interface PreparedWrite {
  readonly write: RowWrite;
  readonly document: Omit<RowDocument, 'turn'>;
}

/** The rows of one view in one collection. */
export class ViewCollection {
  readonly #collection: Collection<RowDocument>;
  /** Rows are never deleted while their collection lives, so what was there once is there. */
  readonly #present = new RecentlyUsed<true>(rememberedKeys);

  constructor(collection: Collection<RowDocument>) {
    this.#collection = collection;
  }

  /** For when somebody else may have dropped the collection and made it again. */
  forget(): void {
    this.#present.clear();
  }

  /**
   * Unordered replacements, each under its guard. Of a row that is not known to be there the first
   * write inserts where nothing matches, and meets a duplicate key where there is one after all that the guard keeps,
   * or that another writer has just made. Then what is there is looked up, and all of it written again: the guards
   * make that harmless, and each round knows more rows than the one before.
   */
  async write(writes: readonly PreparedWrite[], turn: number): Promise<void> {
    for (;;) {
      const unknown = writes.filter(({ write }) => this.#present.get(write.key) === undefined);
      try {
        await this.#collection.bulkWrite(
          writes.map((each) => this.#replacement(each, turn)),
          { ordered: false },
        );
        for (const { write } of unknown) this.#present.set(write.key, true);
        return;
      } catch (error) {
        mustBeDuplicates(error);
        const keys = unknown.map(({ write }) => write.key);
        if ((await this.#lookFor(keys)) === 0) throw error;
      }
    }
  }

  async getMany(keys: readonly string[]): Promise<ReadonlyMap<string, StoredRow>> {
    const found = new Map<string, StoredRow>();
    for (let from = 0; from < keys.length; from += keysAtOnce) {
      const wanted = keys.slice(from, from + keysAtOnce);
      for await (const document of this.#collection.find({ _id: { $in: wanted } }, { batchSize: keysAtOnce })) {
        found.set(document._id, storedRow(document));
        this.#present.set(document._id, true);
      }
    }
    return found;
  }

  async get(key: string): Promise<StoredRow | undefined> {
    const document = await this.#collection.findOne({ _id: key });
    return document === null ? undefined : storedRow(document);
  }

  async find(view: AnyView, query: RowQuery): Promise<readonly StoredRow[]> {
    const { filter, ...options } = findByIndex(this.#collection.collectionName, view.indexes, query);
    if (options.limit === 0) return [];
    return (await this.#collection.find(filter, options).toArray()).map(storedRow);
  }

  async findKeys(view: AnyView, query: RowQuery): Promise<readonly string[]> {
    const { filter, ...options } = findByIndex(this.#collection.collectionName, view.indexes, query);
    if (options.limit === 0) return [];
    const found = await this.#collection.find(filter, { ...options, projection: { _id: 1 } }).toArray();
    return found.map(({ _id }) => _id);
  }

  async scan(after: string | undefined, limit: number): Promise<readonly StoredRow[]> {
    const filter = after === undefined ? {} : { _id: { $gt: after } };
    if (limit === 0) return [];
    return (await this.#collection.find(filter, { sort: { _id: 1 }, limit }).toArray()).map(storedRow);
  }

  #replacement({ write, document }: PreparedWrite, turn: number): AnyBulkWriteOperation<RowDocument> {
    const { _id, ...content } = document;
    const replacement = { ...content, turn };
    const upsert = this.#present.get(write.key) === undefined;
    return { replaceOne: { filter: guardOf(write, turn), replacement, upsert } };
  }

  /** How many of them are there, which are known from now on. */
  async #lookFor(keys: readonly string[]): Promise<number> {
    const found = await this.#collection.find({ _id: { $in: [...keys] } }, { projection: { _id: 1 } }).toArray();
    for (const { _id } of found) this.#present.set(_id, true);
    return found.length;
  }
}
