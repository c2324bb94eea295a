import type { Collection } from 'mongodb';
import type { WrappedPersonKey } from '../../src/person-keys.port.ts';
import { isDuplicate, type KeyDatabase } from './key-database.ts';

/** A person: with a key, or erased for ever. One document, so that erasing is one change. */
export interface PersonDocument {
  /** The person. */
  readonly _id: string;
  readonly erased: boolean;
  /** Absent where erased. */
  readonly wrapped?: string;
}

const pageSize = 1_000;

/** Keys as they lie in MongoDB. */
export class KeyDocuments {
  readonly #database: KeyDatabase;
  readonly #persons: Collection<PersonDocument>;

  constructor(database: KeyDatabase) {
    this.#database = database;
    this.#persons = database.collection<PersonDocument>('persons');
  }

  async prepare(): Promise<void> {
    const indexes = await this.#persons.indexes().catch(() => []);
    if (indexes.some(({ name }) => name === 'erased')) return;
    await this.#persons.createIndex({ erased: 1, _id: 1 }, { name: 'erased' });
  }

  read(persons: readonly string[]): Promise<readonly PersonDocument[]> {
    return this.#database.do(() => this.#persons.find({ _id: { $in: [...persons] } }).toArray());
  }

  /** Of persons who are there already nothing is changed, whether they have a key or were erased. */
  insert(keys: ReadonlyMap<string, string>): Promise<void> {
    return this.#database.do(async () => {
      let rest = [...keys].map(([_id, wrapped]) => ({ _id, erased: false, wrapped }));
      while (rest.length > 0) {
        try {
          await this.#persons.insertMany(rest, { ordered: false });
          return;
        } catch (error) {
          if (!isDuplicate(error)) throw error;
          const ids = rest.map(({ _id }) => _id);
          const there = await this.#persons.find({ _id: { $in: ids } }, { projection: { _id: 1 } }).toArray();
          const present = new Set(there.map(({ _id }) => _id));
          if (present.size === 0) throw error;
          rest = rest.filter(({ _id }) => !present.has(_id));
        }
      }
    });
  }

  /** What the person was before: `none` where nothing was known of them. */
  erase(person: string): Promise<'key' | 'erased' | 'none'> {
    return this.#database.do(async () => {
      for (;;) {
        const filter = { _id: person, erased: false };
        const { modifiedCount } = await this.#persons.replaceOne(filter, { erased: true });
        if (modifiedCount === 1) return 'key';
        try {
          await this.#persons.insertOne({ _id: person, erased: true });
          return 'none';
        } catch (error) {
          if (!isDuplicate(error)) throw error;
        }
        // There already: erased before, or a key was made in between, which the next round takes away.
        if ((await this.#persons.findOne({ _id: person }))?.erased === true) return 'erased';
      }
    });
  }

  async *keys(): AsyncIterable<WrappedPersonKey> {
    for await (const { _id: person, wrapped } of this.#pages(false)) {
      if (wrapped !== undefined) yield { person, wrapped };
    }
  }

  async *erasures(): AsyncIterable<string> {
    for await (const { _id } of this.#pages(true)) yield _id;
  }

  /** In order of the name, which no erasure changes: none that stays is passed over. */
  async *#pages(erased: boolean): AsyncIterable<PersonDocument> {
    for (let last = ''; ; ) {
      const filter = { erased, _id: { $gt: last } };
      const options = { sort: { erased: 1, _id: 1 }, limit: pageSize } as const;
      const page = await this.#database.do(() => this.#persons.find(filter, options).toArray());
      yield* page;
      if (page.length < pageSize) return;
      last = page.at(-1)?._id ?? '';
    }
  }
}
