import type { KeyObject } from 'node:crypto';
import { isWrappingKeyOf, wrappingKeyCheck } from '../../src/person-key-wrapping.ts';
import { type PersonKeys, PersonKeysFault } from '../../src/person-keys.port.ts';
import { isDuplicate, KeyDatabase } from './key-database.ts';
import { KeyDocuments } from './key-documents.ts';
import { MongodbPersonKeys } from './mongodb-person-keys.ts';

export interface MongodbPersonKeysOptions {
  /** `mongodb://` or `mongodb+srv://`, with the name of a database that holds nothing else. */
  readonly url: string;
  /** Wraps every key in the database. Opening with another one than it was made with is the fault `wrong-key`. */
  readonly wrappingKey: KeyObject;
  /** True: no key is ever made, taken in or erased through this object; such calls are `misuse`. */
  readonly readOnly?: boolean;
  /** False: a database without keys is refused as `misuse`, and not made one. True unless given. */
  readonly mayMake?: boolean;
  /**
   * For how long a key that was read is given out without asking again, and so how long an erasure takes: milliseconds,
   * 500 unless given. It is kept with the keys, and whoever makes the database decides.
   */
  readonly leaseMs?: number;
  /** Unwrapped keys kept in memory. Default 10,000 (12 MB). */
  readonly cacheSize?: number;
  /** Milliseconds that one call to the server may take; 10,000 unless given. */
  readonly timeoutMs?: number;
}

const aboutId = 'person-keys' as const;

interface About {
  readonly _id: typeof aboutId;
  readonly form: number;
  readonly check: string;
  readonly leaseMs: number;
}

const form = 1;

/** The port on one MongoDB database, made where there is none. Rejects with `PersonKeysFault`. */
export async function openMongodbPersonKeys(options: MongodbPersonKeysOptions): Promise<PersonKeys> {
  const { url, wrappingKey, readOnly = false, leaseMs = 500, cacheSize = 10_000, timeoutMs = 10_000 } = options;
  const made =
    options.mayMake === false ? undefined : { _id: aboutId, form, check: wrappingKeyCheck(wrappingKey), leaseMs };
  const database = connect(url, timeoutMs);
  try {
    const about = await database.do(() => readOrMake(database, made));
    if (about.form !== form) {
      throw new PersonKeysFault(
        'misuse',
        `The database of person keys has the form ${about.form}, this version reads ${form}.`,
      );
    }
    if (!isWrappingKeyOf(wrappingKey, about.check)) {
      throw new PersonKeysFault(
        'wrong-key',
        'The person keys in MongoDB were wrapped under another key than the one given.',
      );
    }
    await database.do(() => new KeyDocuments(database).prepare());
    return new MongodbPersonKeys(database, { wrappingKey, readOnly, leaseMs: about.leaseMs, cacheSize });
  } catch (error) {
    await database.close();
    throw error;
  }
}

async function readOrMake(database: KeyDatabase, made: About | undefined): Promise<About> {
  const collection = database.collection<About>('about');
  const found = await collection.findOne({ _id: aboutId });
  if (found !== null) return found;
  if (made === undefined) throw new PersonKeysFault('misuse', 'There are no person keys in this MongoDB database.');
  try {
    await collection.insertOne(made);
  } catch (error) {
    if (!isDuplicate(error)) throw error;
  }
  return (await collection.findOne({ _id: aboutId })) ?? made;
}

function connect(url: string, timeoutMs: number): KeyDatabase {
  try {
    return new KeyDatabase(url, timeoutMs);
  } catch (error) {
    throw new PersonKeysFault('misuse', 'The URL of the person keys is no MongoDB URL.', error);
  }
}
