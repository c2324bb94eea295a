import {
  type AllStreamResolvedEvent,
  type Credentials,
  EventStoreDBClient,
  type ResolvedEvent,
  type StreamingRead,
} from '@eventstore/db-client';
import { EventStoreFault } from '../../src/event-store.port.ts';
import { esdbFault, typeOf } from './esdb-fault.ts';

/** How long disposing of a client may take, which for a broken-off read is for ever. */
const disposePatienceMs = 1_000;

export interface CallOptions {
  readonly requiresLeader: true;
  readonly credentials?: Credentials;
}

/** One client of the server. Followers have one of their own, whose broken streams close nobody else's channel. */
export class EsdbConnection {
  readonly client: EventStoreDBClient;
  /** For each call. With credentials the client appends by plain calls, whose revisions and deadlines are right. */
  readonly call: CallOptions;
  readonly #timeoutMs: number;

  constructor(url: string, timeoutMs: number) {
    this.client = connect(url);
    this.#timeoutMs = timeoutMs;
    const credentials = credentialsIn(url);
    this.call = credentials === undefined ? { requiresLeader: true } : { requiresLeader: true, credentials };
  }

  /** Everything that a read gives, in its order; nothing where there is no such stream. */
  async read(
    doing: string,
    begin: () => StreamingRead<ResolvedEvent | AllStreamResolvedEvent>,
  ): Promise<ResolvedEvent[]> {
    try {
      return await this.#collect(begin());
    } catch (error) {
      if (typeOf(error) === 'stream-not-found') return [];
      throw esdbFault(error, doing);
    }
  }

  /** Bounds a call: the client keeps the deadline of none but plain appends. What was sent may still be done. */
  async inTime<Result>(doing: string, work: Promise<Result>): Promise<Result> {
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(() => late.reject(this.#silent(doing)), this.#timeoutMs);
    try {
      return await Promise.race([work, late.promise]);
    } catch (error) {
      throw typeOf(error) === 'wrong-expected-version' ? error : esdbFault(error, doing);
    } finally {
      clearTimeout(timer);
    }
  }

  async dispose(): Promise<void> {
    const patience = Promise.withResolvers<void>();
    const timer = setTimeout(patience.resolve, disposePatienceMs);
    await Promise.race([this.client.dispose().catch(() => undefined), patience.promise]);
    clearTimeout(timer);
  }

  /** Reads to the end or cancels: a stream that is left in its middle could never be disposed of. */
  #collect(reading: StreamingRead<ResolvedEvent | AllStreamResolvedEvent>): Promise<ResolvedEvent[]> {
    const { promise, resolve, reject } = Promise.withResolvers<ResolvedEvent[]>();
    const events: ResolvedEvent[] = [];
    const timer = setTimeout(() => {
      reject(this.#silent('reading'));
      void reading.cancel().catch(() => undefined);
    }, this.#timeoutMs);
    reading.on('data', (event: ResolvedEvent) => events.push(event));
    reading.on('error', reject);
    reading.on('end', () => resolve(events));
    return promise.finally(() => clearTimeout(timer));
  }

  #silent(doing: string): EventStoreFault {
    const message = `${doing}: EventStoreDB did not answer within ${this.#timeoutMs} ms`;
    return new EventStoreFault('unavailable', message, { ambiguous: true });
  }
}

/** The client's own message would repeat the URL, with the password in it. */
function connect(url: string): EventStoreDBClient {
  const separator = url.includes('?') ? '&' : '?';
  const preferred = /[?&]nodePreference=/i.test(url) ? url : `${url}${separator}nodePreference=leader`;
  try {
    return EventStoreDBClient.connectionString(preferred);
  } catch {
    throw new EventStoreFault('misuse', 'EVENT_STORE_URL is no URL of an EventStoreDB: esdb://user:password@host:2113');
  }
}

/** Without TLS the server asks for none, and any will do to be on the plain path. */
function credentialsIn(url: string): Credentials | undefined {
  const [, username, password] = /^[a-z+]+:\/\/([^:/?@]+):([^@/]+)@/.exec(url) ?? [];
  if (username !== undefined && password !== undefined) {
    return { username: decodeURIComponent(username), password: decodeURIComponent(password) };
  }
  return /[?&]tls=false/i.test(url) ? { username: 'nobody', password: 'nothing' } : undefined;
}
