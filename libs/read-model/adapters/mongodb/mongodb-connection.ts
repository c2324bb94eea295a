import { MongodbClient } from '@evident/mongodb';
import { type Collection, type Db, type Document, ReadConcern } from 'mongodb';
import { ReadModelFault } from '../../src/read-model-fault.ts';
import { mongodbFault } from './mongodb-fault.ts';

export interface ConnectionOptions {
  readonly url: string;
  /** Longest that one call of the port may wait for the server. */
  readonly timeoutMs: number;
  /** Told each command before it is sent. */
  readonly onCommand?: (command: Document) => void;
}

/** One client, which all generations of rows share, with the concerns on which the promises of the port rest. */
export class MongodbConnection {
  readonly #client: MongodbClient;
  readonly #database: Db;
  readonly #timeoutMs: number;
  #open = true;

  constructor({ url, timeoutMs, onCommand }: ConnectionOptions) {
    this.#client = new MongodbClient(url, {
      appName: 'evident',
      ignoreUndefined: true,
      // Options here go before those of the URL: who asks for less there is to have it.
      ...(/[?&]serverSelectionTimeoutMS=/i.test(url) ? {} : { serverSelectionTimeoutMS: timeoutMs }),
      connectTimeoutMS: timeoutMs,
      monitorCommands: onCommand !== undefined,
    });
    this.#timeoutMs = timeoutMs;
    if (onCommand !== undefined) this.#client.driver.on('commandStarted', ({ command }) => onCommand(command));
    // Here, and not in the client's options, where the URL would come before them.
    this.#database = this.#client.driver.db(undefined, {
      // A row is acknowledged when no failover and no crash can take it back: the runner goes on from memory.
      writeConcern: { w: 'majority', journal: true },
      // What was acknowledged is seen at once, and what is seen is never taken back.
      readConcern: new ReadConcern('majority'),
      readPreference: 'primary',
    });
  }

  /** Names the database in faults; never the URL, which may hold a password. */
  get name(): string {
    return `MongoDB database ${this.#database.databaseName}`;
  }

  collection<Shape extends Document>(name: string): Collection<Shape> {
    return this.#database.collection<Shape>(name);
  }

  /** Names of the collections that begin so. */
  async collectionNames(prefix: string): Promise<readonly string[]> {
    const all = await this.#database.listCollections({}, { nameOnly: true }).toArray();
    return all.map(({ name }) => name).filter((name) => name.startsWith(prefix));
  }

  async hasCollection(name: string): Promise<boolean> {
    return (await this.#database.listCollections({ name }, { nameOnly: true }).toArray()).length > 0;
  }

  /**
   * Does the work and names what goes wrong. The driver waits for a server that holds a connection and does not
   * answer, so the bound is kept here; what was begun may still be done, and every call may be repeated.
   */
  do<Result>(work: () => Promise<Result>): Promise<Result> {
    return this.#named(() => this.inTime(this.#client.ask(work)));
  }

  /** The same without a bound, for what takes as long as there are rows: its steps are bounded, or an index is built. */
  doAtLength<Result>(work: () => Promise<Result>): Promise<Result> {
    return this.#named(() => this.#client.ask(work));
  }

  async #named<Result>(work: () => Promise<Result>): Promise<Result> {
    if (!this.#open) throw this.#closed();
    try {
      return await work();
    } catch (error) {
      throw this.#open ? mongodbFault(error, this.name) : this.#closed();
    }
  }

  async close(): Promise<void> {
    if (!this.#open) return;
    this.#open = false;
    await this.#client.close();
  }

  /** Rejects with `unavailable` where one step takes longer than any answer should. */
  async inTime<Result>(work: Promise<Result>): Promise<Result> {
    const late = Promise.withResolvers<never>();
    const fault = new ReadModelFault('unavailable', `${this.name} did not answer within ${this.#timeoutMs} ms`);
    const timer = setTimeout(() => late.reject(fault), this.#timeoutMs);
    try {
      return await Promise.race([this.#client.noticed(work), late.promise]);
    } finally {
      clearTimeout(timer);
    }
  }

  #closed(): ReadModelFault {
    return new ReadModelFault('closed', `${this.name}: closed`);
  }
}
