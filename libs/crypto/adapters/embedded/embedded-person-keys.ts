import type { KeyObject } from 'node:crypto';
import { checkPersonName, makePersonKey } from '../../src/person-key-wrapping.ts';
import {
  type ImportedPersonKeys,
  type PersonKeys,
  PersonKeysFault,
  type WrappedPersonKey,
} from '../../src/person-keys.port.ts';
import { GroupWriter } from './group-writer.ts';
import { KeyReader } from './key-reader.ts';
import { openPersonKeysFile } from './person-keys-file.ts';

export interface EmbeddedPersonKeysOptions {
  /** The SQLite file; made (mode 0600) where there is none. Several processes of one machine may open it. */
  readonly path: string;
  /** Wraps every key in the file. Opening with another one than the file was made with is the fault `wrong-key`. */
  readonly wrappingKey: KeyObject;
  /** True: no key is ever made, taken in or erased through this object; such calls are `misuse`. */
  readonly readOnly?: boolean;
  /** Unwrapped keys kept in memory. Default 10,000 (12 MB). */
  readonly cacheSize?: number;
}

const CACHE_SIZE = 10_000;
const IMPORT_BATCH = 1_000;

/** The port on one SQLite file (WAL, synced commits, deleted content overwritten). Throws `PersonKeysFault`. */
export function openEmbeddedPersonKeys(options: EmbeddedPersonKeysOptions): PersonKeys {
  return new EmbeddedPersonKeys(options);
}

class EmbeddedPersonKeys implements PersonKeys {
  readonly #options: EmbeddedPersonKeysOptions;
  readonly #database: ReturnType<typeof openPersonKeysFile>;
  readonly #reader: KeyReader;
  readonly #writer: GroupWriter;
  #closed: Promise<void> | undefined;

  constructor(options: EmbeddedPersonKeysOptions) {
    this.#options = options;
    this.#database = openPersonKeysFile(options.path, options.wrappingKey);
    this.#reader = new KeyReader(this.#database, options.wrappingKey, options.cacheSize ?? CACHE_SIZE);
    this.#writer = new GroupWriter(options.path);
  }

  async obtain(persons: readonly string[]): Promise<ReadonlyMap<string, KeyObject>> {
    this.#checkOpen(persons);
    const known = this.#reader.load(persons);
    const missing = [...new Set(persons)].filter((person) => !known.has(person));
    if (missing.length === 0) return keysOf(known);
    this.#checkWritable();
    const entries = missing.map((person) => [person, makePersonKey(this.#options.wrappingKey, person)] as const);
    await this.#writer.write({ kind: 'add', entries });
    // Read again instead of trusting what was sent: another process may have been first, or have erased meanwhile.
    return keysOf(this.#reader.load(persons));
  }

  async find(persons: readonly string[]): Promise<ReadonlyMap<string, KeyObject>> {
    this.#checkOpen(persons);
    return keysOf(this.#reader.load(persons));
  }

  peek(person: string): KeyObject | 'erased' | undefined {
    this.#checkOpen([]);
    return this.#reader.peek(person);
  }

  async erase(person: string): Promise<boolean> {
    this.#checkOpen([person]);
    this.#checkWritable();
    return (await this.#writer.write({ kind: 'erase', person })) > 0;
  }

  async *exportWrapped(): AsyncIterable<WrappedPersonKey> {
    let last: string | undefined = '';
    while (last !== undefined) {
      this.#checkOpen([]);
      const page = this.#reader.pageAfter(last);
      yield* page;
      last = page.at(-1)?.person;
    }
  }

  async importWrapped(
    entries: Iterable<WrappedPersonKey> | AsyncIterable<WrappedPersonKey>,
  ): Promise<ImportedPersonKeys> {
    this.#checkWritable();
    const total = { imported: 0, present: 0, erased: 0, differing: 0 };
    let batch = new Map<string, string>();
    const take = async () => {
      await this.#importBatch(batch, total);
      batch = new Map();
    };
    for await (const { person, wrapped } of entries) {
      if (batch.size === IMPORT_BATCH || batch.has(person)) await take();
      batch.set(person, wrapped);
    }
    if (batch.size > 0) await take();
    return total;
  }

  async *erasedPersons(): AsyncIterable<string> {
    let last: number | undefined = 0;
    while (last !== undefined) {
      this.#checkOpen([]);
      const page = this.#reader.erasuresAfter(last);
      for (const { person } of page) yield person;
      last = page.at(-1)?.number;
    }
  }

  close(): Promise<void> {
    this.#closed ??= this.#closeInOrder();
    return this.#closed;
  }

  /** The writer's connection goes last: the last one that may write takes the write-ahead log with it. */
  async #closeInOrder(): Promise<void> {
    await this.#writer.drain();
    this.#database.close();
    await this.#writer.endThread();
  }

  async #importBatch(batch: ReadonlyMap<string, string>, total: Mutable<ImportedPersonKeys>): Promise<void> {
    const persons = [...batch.keys()];
    this.#checkOpen(persons);
    const given = new Map([...batch].map(([person, wrapped]) => [person, this.#unwrapForeign(person, wrapped)]));
    const before = this.#reader.load(persons);
    const entries = [...batch].filter(([person]) => !before.has(person));
    if (entries.length > 0) total.imported += await this.#writer.write({ kind: 'add', entries });
    for (const [person, key] of given) {
      const known = before.get(person);
      if (known === 'erased') total.erased += 1;
      else if (known !== undefined) total[known.equals(key) ? 'present' : 'differing'] += 1;
    }
  }

  #unwrapForeign(person: string, wrapped: string): KeyObject {
    try {
      return this.#reader.unwrap(person, wrapped);
    } catch (error) {
      throw new PersonKeysFault('wrong-key', 'An entry to import was altered or wrapped under another key.', error);
    }
  }

  #checkOpen(persons: readonly string[]): void {
    if (this.#closed !== undefined) throw new PersonKeysFault('closed', 'The person keys are closed.');
    persons.forEach(checkPersonName);
  }

  #checkWritable(): void {
    if (this.#options.readOnly) throw new PersonKeysFault('misuse', 'These person keys are opened for reading only.');
  }
}

type Mutable<Shape> = { -readonly [Member in keyof Shape]: Shape[Member] };

function keysOf(known: ReadonlyMap<string, KeyObject | 'erased'>): ReadonlyMap<string, KeyObject> {
  const keys = new Map<string, KeyObject>();
  for (const [person, key] of known) {
    if (key !== 'erased') keys.set(person, key);
  }
  return keys;
}
