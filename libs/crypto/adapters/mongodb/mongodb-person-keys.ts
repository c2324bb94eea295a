import type { KeyObject } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { checkPersonName, makePersonKey, unwrapPersonKey } from '../../src/person-key-wrapping.ts';
import {
  type ImportedPersonKeys,
  type PersonKeys,
  PersonKeysFault,
  type WrappedPersonKey,
} from '../../src/person-keys.port.ts';
import { Gather } from './gather.ts';
import type { KeyDatabase } from './key-database.ts';
import { KeyDocuments, type PersonDocument } from './key-documents.ts';
import { LeasedKeys } from './leased-keys.ts';

export interface PersonKeysSettings {
  readonly wrappingKey: KeyObject;
  readonly readOnly: boolean;
  readonly leaseMs: number;
  readonly cacheSize: number;
}

type Known = KeyObject | 'erased';
type Counts = { -readonly [Member in keyof ImportedPersonKeys]: number };

const importBatch = 1_000;
/** How much faster a clock may run than another one: a lease is waited for a tenth longer. */
const clockDrift = 1.1;

/** The port on one MongoDB database. */
export class MongodbPersonKeys implements PersonKeys {
  readonly #settings: PersonKeysSettings;
  readonly #database: KeyDatabase;
  readonly #documents: KeyDocuments;
  readonly #leased: LeasedKeys;
  readonly #questions: Gather<string, ReadonlyMap<string, PersonDocument>>;
  readonly #made: Gather<string, void>;

  constructor(database: KeyDatabase, settings: PersonKeysSettings) {
    this.#settings = settings;
    this.#database = database;
    this.#documents = new KeyDocuments(database);
    this.#leased = new LeasedKeys(settings.leaseMs, settings.cacheSize);
    this.#questions = new Gather((persons) => this.#ask(persons));
    this.#made = new Gather((persons) =>
      this.#documents.insert(new Map(persons.map((person) => [person, makePersonKey(settings.wrappingKey, person)]))),
    );
  }

  async obtain(persons: readonly string[]): Promise<ReadonlyMap<string, KeyObject>> {
    this.#check(persons);
    return this.#database.during(async () => {
      const known = await this.#load(persons);
      const missing = [...new Set(persons)].filter((person) => !known.has(person));
      if (missing.length === 0) return keysOf(known);
      this.#checkWritable();
      await this.#made.with(missing);
      // Read again instead of trusting what was sent: another process may have been first, or have erased meanwhile.
      return keysOf(await this.#load(persons));
    });
  }

  async find(persons: readonly string[]): Promise<ReadonlyMap<string, KeyObject>> {
    this.#check(persons);
    return this.#database.during(async () => keysOf(await this.#load(persons)));
  }

  peek(person: string): Known | undefined {
    this.#database.mustBeOpen();
    return this.#leased.get(person);
  }

  async erase(person: string): Promise<boolean> {
    this.#check([person]);
    this.#checkWritable();
    return this.#database.during(async () => {
      const before = await this.#documents.erase(person);
      this.#leased.erased(person);
      // Whoever read the key before it was gone may still give it out; of an erasure that another has begun as well.
      if (before !== 'none') await wait(this.#settings.leaseMs * clockDrift);
      return before === 'key';
    });
  }

  async *exportWrapped(): AsyncIterable<WrappedPersonKey> {
    this.#check([]);
    yield* this.#documents.keys();
  }

  async importWrapped(
    entries: Iterable<WrappedPersonKey> | AsyncIterable<WrappedPersonKey>,
  ): Promise<ImportedPersonKeys> {
    this.#check([]);
    this.#checkWritable();
    return this.#database.during(async () => {
      const counts = { imported: 0, present: 0, erased: 0, differing: 0 };
      let batch = new Map<string, string>();
      for await (const { person, wrapped } of entries) {
        if (batch.size === importBatch || batch.has(person)) {
          await this.#takeIn(batch, counts);
          batch = new Map();
        }
        batch.set(person, wrapped);
      }
      if (batch.size > 0) await this.#takeIn(batch, counts);
      return counts;
    });
  }

  async *erasedPersons(): AsyncIterable<string> {
    this.#check([]);
    yield* this.#documents.erasures();
  }

  close(): Promise<void> {
    return this.#database.close();
  }

  async #load(persons: readonly string[]): Promise<ReadonlyMap<string, Known>> {
    const found = new Map<string, Known>();
    const unknown: string[] = [];
    for (const person of persons) {
      const known = this.#leased.get(person);
      if (known === undefined) unknown.push(person);
      else found.set(person, known);
    }
    if (unknown.length === 0) return found;
    const documents = await this.#questions.with(unknown);
    for (const person of unknown) {
      const document = documents.get(person);
      if (document !== undefined) found.set(person, this.#keyOf(document));
    }
    return found;
  }

  async #ask(persons: readonly string[]): Promise<ReadonlyMap<string, PersonDocument>> {
    const askedAt = performance.now();
    const documents = await this.#documents.read([...new Set(persons)]);
    for (const document of documents) {
      const { _id: person, wrapped = '' } = document;
      const key = this.#keyOf(document);
      if (key === 'erased') this.#leased.erased(person);
      else this.#leased.lease(person, key, { wrapped, askedAt });
    }
    return new Map(documents.map((document) => [document._id, document]));
  }

  #keyOf({ _id: person, erased, wrapped = '' }: PersonDocument): Known {
    if (erased) return 'erased';
    const key = this.#leased.same(person, wrapped) ?? unwrapPersonKey(this.#settings.wrappingKey, person, wrapped);
    if (key !== undefined) return key;
    // Absent would read as erased, which it is not.
    throw new PersonKeysFault('damaged', 'A person key was altered in the database: restore it from a backup.');
  }

  async #takeIn(batch: ReadonlyMap<string, string>, counts: Counts): Promise<void> {
    const persons = [...batch.keys()];
    persons.forEach(checkPersonName);
    const given = new Map([...batch].map(([person, wrapped]) => [person, this.#unwrapForeign(person, wrapped)]));
    const before = new Set((await this.#documents.read(persons)).map(({ _id }) => _id));
    await this.#documents.insert(new Map([...batch].filter(([person]) => !before.has(person))));
    for (const document of await this.#documents.read(persons)) {
      const { _id: person, erased, wrapped } = document;
      if (erased) counts.erased += 1;
      else if (!before.has(person) && wrapped === batch.get(person)) counts.imported += 1;
      else counts[given.get(person)?.equals(this.#unwrapForeign(person, wrapped ?? '')) ? 'present' : 'differing'] += 1;
    }
  }

  #unwrapForeign(person: string, wrapped: string): KeyObject {
    const key = unwrapPersonKey(this.#settings.wrappingKey, person, wrapped);
    if (key !== undefined) return key;
    throw new PersonKeysFault('wrong-key', 'An entry to import was altered or wrapped under another key.');
  }

  #check(persons: readonly string[]): void {
    this.#database.mustBeOpen();
    persons.forEach(checkPersonName);
  }

  #checkWritable(): void {
    if (this.#settings.readOnly) throw new PersonKeysFault('misuse', 'These person keys are opened for reading only.');
  }
}

function keysOf(known: ReadonlyMap<string, Known>): ReadonlyMap<string, KeyObject> {
  const keys = new Map<string, KeyObject>();
  for (const [person, key] of known) {
    if (key !== 'erased') keys.set(person, key);
  }
  return keys;
}
