import { MongodbClient } from '@evident/mongodb';
import { type Collection, type Db, type Document, MongoBulkWriteError, MongoServerError, ReadConcern } from 'mongodb';
import { PersonKeysFault, type PersonKeysFaultCode } from '../../src/person-keys.port.ts';

/** Codes of server errors (mongodb.com/docs/manual/reference/error-codes) that are not "away, try again". */
const codes: ReadonlyMap<number, PersonKeysFaultCode> = new Map([
  [13, 'misuse'],
  [18, 'misuse'],
  [8000, 'misuse'],
  [14031, 'disk-full'],
]);

/** One client; what it writes no failover takes back, and what was so written it reads. */
export class KeyDatabase {
  readonly #client: MongodbClient;
  readonly #database: Db;
  readonly #timeoutMs: number;
  readonly #underWay = new Set<Promise<unknown>>();
  #closing: Promise<void> | undefined;

  constructor(url: string, timeoutMs: number) {
    this.#client = new MongodbClient(url, {
      appName: 'evident-person-keys',
      serverSelectionTimeoutMS: timeoutMs,
      connectTimeoutMS: timeoutMs,
    });
    this.#timeoutMs = timeoutMs;
    this.#database = this.#client.driver.db(undefined, {
      writeConcern: { w: 'majority', journal: true },
      readConcern: new ReadConcern('majority'),
      readPreference: 'primary',
    });
  }

  collection<Shape extends Document>(name: string): Collection<Shape> {
    return this.#database.collection<Shape>(name);
  }

  /** Begins what somebody asks for, which closing waits for. */
  during<Result>(work: () => Promise<Result>): Promise<Result> {
    const working = work();
    this.#underWay.add(working);
    const ended = () => this.#underWay.delete(working);
    working.then(ended, ended);
    return working;
  }

  mustBeOpen(): void {
    if (this.#closing !== undefined) throw new PersonKeysFault('closed', 'The person keys are closed.');
  }

  /** One step: names what goes wrong, and waits no longer than the bound for a server that is silent. */
  async do<Result>(step: () => Promise<Result>): Promise<Result> {
    try {
      return await this.#inTime(this.#client.ask(step));
    } catch (error) {
      throw faultOf(error, this.#database.databaseName);
    }
  }

  /** Finishes what is under way. */
  close(): Promise<void> {
    this.#closing ??= Promise.allSettled([...this.#underWay]).then(() => this.#client.close());
    return this.#closing;
  }

  async #inTime<Result>(work: Promise<Result>): Promise<Result> {
    const late = Promise.withResolvers<never>();
    const silent = new PersonKeysFault('unavailable', `MongoDB did not answer within ${this.#timeoutMs} ms.`);
    const timer = setTimeout(() => late.reject(silent), this.#timeoutMs);
    try {
      return await Promise.race([work, late.promise]);
    } finally {
      clearTimeout(timer);
    }
  }
}

/** Whether nothing but keys that were there already stood in the way. */
export function isDuplicate(error: unknown): boolean {
  if (!(error instanceof MongoServerError) || error.code !== 11000) return false;
  if (!(error instanceof MongoBulkWriteError)) return true;
  const failures = Array.isArray(error.writeErrors) ? error.writeErrors : [error.writeErrors];
  return error.result.getWriteConcernError() === undefined && failures.every(({ code }) => code === 11000);
}

function faultOf(error: unknown, name: string): PersonKeysFault {
  if (error instanceof PersonKeysFault) return error;
  const code = error instanceof MongoServerError ? (codes.get(Number(error.code)) ?? 'unavailable') : 'unavailable';
  const message = error instanceof Error ? error.message : String(error);
  return new PersonKeysFault(code, `Person keys in the MongoDB database ${name}: ${message}`, error);
}
