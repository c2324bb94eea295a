import { refusalOf, refusalOfTruncation } from '../../src/append-rules.ts';
import {
  type AppendOutcome,
  type EventStore,
  EventStoreFault,
  type Expected,
  type FollowOptions,
  type LogChanged,
  maxAppendBytes,
  type NewEvent,
  type Position,
  type ReadStreamOptions,
  type StoredEvent,
} from '../../src/event-store.port.ts';
import { parsePosition } from '../../src/position.ts';
import { type AppendBounds, Appender } from './appender.ts';
import type { EsdbConnection } from './esdb-connection.ts';
import { EsdbReader } from './esdb-reader.ts';
import { follow } from './follower.ts';
import { KnownStreams } from './known-streams.ts';
import { comparePlaces, placeIn } from './place.ts';
import { eventData } from './recorded-event.ts';
import { truncateStream } from './truncate-stream.ts';

export interface EventStoreDbSettings {
  readonly url: string;
  readonly logId: string;
  readonly tenant: string | undefined;
  readonly timeoutMs: number;
  readonly bounds: AppendBounds;
}

/** The port on an EventStoreDB that holds one log and nothing else. */
export class EventStoreDbEventStore implements EventStore {
  readonly logId: string;
  readonly #connection: EsdbConnection;
  readonly #settings: EventStoreDbSettings;
  readonly #reader: EsdbReader;
  readonly #known = new KnownStreams();
  readonly #appender: Appender;
  readonly #closed = new AbortController();
  #closing: Promise<void> | undefined;

  constructor(connection: EsdbConnection, settings: EventStoreDbSettings) {
    this.logId = settings.logId;
    this.#connection = connection;
    this.#settings = settings;
    this.#reader = new EsdbReader(connection, settings.logId);
    this.#appender = new Appender(connection, this.#reader, this.#known, settings.bounds);
  }

  async append(stream: string, events: readonly NewEvent[], expected: Expected): Promise<AppendOutcome> {
    this.#mustBeOpen();
    const refusal = refusalOf(stream, events, expected, this.#settings.tenant) ?? reserved(stream, events);
    if (refusal !== undefined) throw new EventStoreFault('misuse', refusal);
    const bytes = Buffer.byteLength(jsonOf(stream, [stream, expected, events]));
    if (bytes > maxAppendBytes) {
      const message = `an append to ${stream} of ${bytes} bytes, at most ${maxAppendBytes} are allowed`;
      throw new EventStoreFault('too-large', message);
    }
    return this.#appender.append({ stream, events: events.map((event) => eventData(event)), expected });
  }

  async readStream(stream: string, { from = 0, limit }: ReadStreamOptions = {}): Promise<readonly StoredEvent[]> {
    this.#mustBeOpen();
    const events = await this.#reader.stream(stream, from, limit);
    if (events.length > 0) this.#known.learn(stream, events, from);
    return events;
  }

  async readStreamEnd(stream: string, count: number): Promise<readonly StoredEvent[]> {
    this.#mustBeOpen();
    const events = count > 0 ? await this.#reader.streamEnd(stream, count) : [];
    if (events.length > 0) this.#known.learn(stream, events, 0);
    return events;
  }

  async truncateStream(stream: string, before: number): Promise<number> {
    this.#mustBeOpen();
    const refusal = refusalOfTruncation(stream, before) ?? reserved(stream, []);
    if (refusal !== undefined) throw new EventStoreFault('misuse', refusal);
    const first = await truncateStream(this.#connection, this.#reader, stream, before);
    this.#known.forget(stream);
    return first;
  }

  async readAll(after: Position | undefined, limit: number): Promise<readonly StoredEvent[] | LogChanged> {
    this.#mustBeOpen();
    const place = after === undefined ? undefined : placeIn(this.logId, after);
    if (after !== undefined && place === undefined) return this.#changed();
    const events = await this.#reader.after(place, limit);
    return events.length === 0 && (await this.#isBeyondTheEnd(after)) ? this.#changed() : events;
  }

  async readAllBackwards(before: Position | undefined, limit: number): Promise<readonly StoredEvent[] | LogChanged> {
    this.#mustBeOpen();
    const place = before === undefined ? undefined : placeIn(this.logId, before);
    if (before !== undefined && place === undefined) return this.#changed();
    return (await this.#isBeyondTheEnd(before)) ? this.#changed() : this.#reader.before(place, limit);
  }

  async *follow(after: Position | undefined, options: FollowOptions): AsyncGenerator<readonly StoredEvent[]> {
    this.#mustBeOpen();
    const place = after === undefined ? undefined : placeIn(this.logId, after);
    if (options.signal.aborted) return;
    if ((after !== undefined && place === undefined) || (await this.#isBeyondTheEnd(after))) {
      throw new EventStoreFault('log-changed', `position ${after} is not of log ${this.logId}`);
    }
    const signal = AbortSignal.any([options.signal, this.#closed.signal]);
    yield* follow(place, { ...this.#settings, batchSize: options.batchSize ?? 500, signal });
    if (!options.signal.aborted) this.#mustBeOpen();
  }

  async lastPosition(): Promise<Position | undefined> {
    this.#mustBeOpen();
    return (await this.#last())?.position;
  }

  compare(a: Position, b: Position): number | LogChanged {
    const left = placeIn(this.logId, a);
    const right = placeIn(this.logId, b);
    return left === undefined || right === undefined ? this.#changed() : comparePlaces(left, right);
  }

  parsePosition(text: string): Position | undefined {
    const { logId } = this;
    return parsePosition({ logId, prints: (position) => placeIn(logId, position) !== undefined }, text);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#closed.abort();
    await this.#appender.settled();
    await this.#connection.dispose();
  }

  /** Such a position was never given by this log: it was restored to an earlier state, or begun anew. */
  async #isBeyondTheEnd(after: Position | undefined): Promise<boolean> {
    if (after === undefined) return false;
    const last = (await this.#last())?.position;
    return last === undefined || after > last;
  }

  async #last(): Promise<StoredEvent | undefined> {
    return (await this.#reader.before(undefined, 1))[0];
  }

  #changed(): LogChanged {
    return { outcome: 'log-changed', logId: this.logId };
  }

  #mustBeOpen(): void {
    if (this.#closing !== undefined) throw new EventStoreFault('closed', 'the event store is closed');
  }
}

/** Names that begin with `$` are the server's own, and would be missing among all events. */
function reserved(stream: string, events: readonly NewEvent[]): string | undefined {
  const odd = [stream, ...events.map(({ type }) => type)].find((name) => name.startsWith('$'));
  return odd === undefined ? undefined : `${odd} begins like a name of EventStoreDB itself`;
}

function jsonOf(stream: string, value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch (error) {
    throw new EventStoreFault('misuse', `an event for ${stream} is not JSON`, { cause: error });
  }
}
