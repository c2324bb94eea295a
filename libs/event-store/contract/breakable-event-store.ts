import { randomUUID } from 'node:crypto';
import { refusalOf, refusalOfTruncation } from '../src/append-rules.ts';
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
} from '../src/event-store.port.ts';
import { parsePosition, partsOf } from '../src/position.ts';
import type { LogUnderTest } from './event-store-case.ts';
import type { EventStoreFlaw } from './event-store-flaw.ts';

/** A log in memory that any number of stores share; with a flaw, it breaks that promise and no other. */
export class BreakableLog implements LogUnderTest {
  logId: string = randomUUID();
  readonly flaw: EventStoreFlaw | undefined;
  readonly events: StoredEvent[] = [];
  readonly byId = new Map<string, StoredEvent>();
  readonly stores = new Set<BreakableEventStore>();
  /** What was let go. */
  readonly gone: StoredEvent[] = [];
  #reserved = 0;

  constructor(flaw?: EventStoreFlaw) {
    this.flaw = flaw;
  }

  async connect(): Promise<EventStore> {
    if (this.flaw === 'a restart forgets the ids' && this.stores.size > 0) this.byId.clear();
    if (this.flaw === 'a restart makes another log') this.logId = randomUUID();
    if (this.flaw === 'a restart brings back what was let go' && this.stores.size > 0) this.bringBack();
    const store = new BreakableEventStore(this);
    this.stores.add(store);
    return store;
  }

  async destroy(): Promise<void> {
    for (const store of this.stores) await store.close();
  }

  reserve(): number {
    this.#reserved++;
    return this.#reserved;
  }

  print(place: number): Position {
    const digits = this.flaw === 'positions are printed without padding' ? 1 : 12;
    return `${this.logId}~${String(place).padStart(digits, '0')}` as Position;
  }

  nextPlace(): number {
    const last = this.events.at(-1);
    return last === undefined ? 1 : Number(partsOf(last.position).place) + 1;
  }

  /** Revision of the last event of a stream, -1 where it has none. */
  endOf(stream: string): number {
    const events = this.stream(stream);
    if (this.flaw === 'a truncated stream ends where it has events') return events.length - 1;
    return events.at(-1)?.revision ?? -1;
  }

  letGo(gone: readonly StoredEvent[]): void {
    this.gone.push(...gone);
    this.events.splice(0, this.events.length, ...this.events.filter((event) => !gone.includes(event)));
    for (const { id } of gone) this.byId.delete(id);
  }

  bringBack(): void {
    this.events.push(...this.gone.splice(0));
    this.events.sort((a, b) => (a.position < b.position ? -1 : 1));
  }

  stream(stream: string): StoredEvent[] {
    const byPrefix = this.flaw === 'a stream is found by the beginning of its name';
    return this.events.filter((event) => event.stream === stream || (byPrefix && event.stream.startsWith(stream)));
  }
}

class BreakableEventStore implements EventStore {
  readonly logId: string;
  readonly #log: BreakableLog;
  #closed = false;
  #woken = Promise.withResolvers<void>();
  #last: Promise<unknown> = Promise.resolve();

  constructor(log: BreakableLog) {
    this.#log = log;
    this.logId = log.logId;
  }

  append(stream: string, events: readonly NewEvent[], expected: Expected): Promise<AppendOutcome> {
    if (this.#isClosed()) return Promise.reject(closed());
    const refusal = refusalOf(stream, events, expected, undefined);
    if (refusal !== undefined) return Promise.reject(new EventStoreFault('misuse', refusal));
    if (
      Buffer.byteLength(JSON.stringify([stream, expected, events])) > maxAppendBytes &&
      !this.#has('large appends are taken')
    ) {
      return Promise.reject(new EventStoreFault('too-large', 'too large'));
    }
    const kept = this.#has('events are kept by reference')
      ? events
      : (JSON.parse(JSON.stringify(events)) as NewEvent[]);
    const places = this.#has('positions are given before the commit')
      ? events.map(() => this.#log.reserve())
      : undefined;
    const late = places !== undefined && events.length > 1;
    const written = this.#turns(late ? 5 : 1).then(() => {
      if (this.#closed && this.#has('closing drops what is in flight')) throw closed();
      return this.#decide(stream, kept, expected, places);
    });
    this.#last = Promise.allSettled([this.#last, written]);
    if (!this.#has('appends are acknowledged before they are written')) return written;
    written.catch(() => undefined);
    const revision = this.#log.endOf(stream) + events.length;
    const position = this.#log.print(this.#log.nextPlace() + events.length - 1);
    return Promise.resolve({ outcome: 'appended', position, revision, recordedAt: Date.now(), repeated: false });
  }

  #decide(
    stream: string,
    events: readonly NewEvent[],
    expected: Expected,
    places: readonly number[] | undefined,
  ): AppendOutcome {
    const log = this.#log;
    const end = log.endOf(stream);
    const known = this.#has('repeats are appended again') ? [] : events.map(({ id }) => log.byId.get(id));
    const anyKnown = known.some((event) => event !== undefined);
    if (
      anyKnown &&
      known.some((event) => event !== undefined && event.stream !== stream) &&
      !this.#has('ids may be in several streams')
    ) {
      throw new EventStoreFault('misuse', 'an id that another stream holds');
    }
    const first = known[0];
    const last = known.at(-1);
    if (anyKnown && !this.#has('repeats are conflicts') && !this.#has('ids may be in several streams')) {
      const whole = known.every((event, index) => event?.revision === (first?.revision ?? 0) + index);
      if (whole && last !== undefined) return { ...placeOf(last), repeated: true };
      if (!this.#has('a partly known append is appended')) return { outcome: 'conflict', actual: end };
    }
    const wanted = expected === 'any' ? end : expected === 'no-stream' ? -1 : expected.revision;
    if (wanted !== end && !this.#has('expectations are ignored')) {
      if (this.#has('conflicts leave their first event')) this.#write(stream, events.slice(0, 1), places);
      return { outcome: 'conflict', actual: end };
    }
    return { ...placeOf(this.#write(stream, events, places)), repeated: false };
  }

  #write(stream: string, events: readonly NewEvent[], places: readonly number[] | undefined): StoredEvent {
    const log = this.#log;
    for (const [index, event] of events.entries()) {
      const recordedAt = Date.now() - (this.#has('times go back') ? log.events.length : 0);
      const data = this.#has('members that look like __proto__ are lost') ? Object.assign({}, event.data) : event.data;
      const place = places?.[index] ?? log.nextPlace();
      const stored: StoredEvent = {
        ...event,
        data,
        stream,
        revision: log.endOf(stream) + 1,
        position: log.print(place),
        recordedAt,
      };
      log.events.push(stored);
      if (places !== undefined) log.events.sort((a, b) => (a.position < b.position ? -1 : 1));
      log.byId.set(event.id, stored);
    }
    for (const store of this.#has('followers see commits of their own connection only') ? [this] : log.stores)
      store.#wake();
    return log.stream(stream).at(-1) ?? unreachable();
  }

  async readStream(
    stream: string,
    { from = 0, limit = Number.POSITIVE_INFINITY }: ReadStreamOptions = {},
  ): Promise<readonly StoredEvent[]> {
    this.#mustBeOpen();
    const gone = this.#has('what was let go is still read of its stream') ? this.#log.gone : [];
    const events = [...gone.filter((event) => event.stream === stream), ...this.#log.stream(stream)];
    return events
      .filter(({ revision }) => revision >= from)
      .slice(0, this.#has('limits are ignored') ? undefined : limit);
  }

  async readStreamEnd(stream: string, count: number): Promise<readonly StoredEvent[]> {
    this.#mustBeOpen();
    return count <= 0 ? [] : this.#log.stream(stream).slice(-count);
  }

  async truncateStream(stream: string, before: number): Promise<number> {
    this.#mustBeOpen();
    const refusal = refusalOfTruncation(stream, before);
    if (refusal !== undefined) throw new EventStoreFault('misuse', refusal);
    const log = this.#log;
    const end = log.endOf(stream) + Number(this.#has('truncation takes the end of a stream'));
    const reached = this.#has('truncation reaches other streams') ? log.events.slice(0, -1) : log.stream(stream);
    const gone = reached.filter(({ revision }) => revision < Math.min(before, end));
    const first = log.stream(stream).at(0)?.revision ?? 0;
    if (this.#has('an earlier truncation brings events back') && before < first) log.bringBack();
    if (!this.#has('what was let go is still read in the order of the log')) log.letGo(gone);
    else if (gone.length > 0) log.letGo(gone.slice(0, -1));
    if (this.#has('truncation gives what is left new revisions')) {
      for (const [index, event] of log.stream(stream).entries()) Object.assign(event, { revision: index });
    }
    return log.stream(stream).at(0)?.revision ?? 0;
  }

  async readAll(after: Position | undefined, limit: number): Promise<readonly StoredEvent[] | LogChanged> {
    this.#mustBeOpen();
    const from = this.#indexAfter(after);
    if (from === undefined) return { outcome: 'log-changed', logId: this.logId };
    const skipped = this.#has('pages lose an event where they meet') && after !== undefined && limit > 1 ? 1 : 0;
    return this.#log.events.slice(from + skipped, from + skipped + limit);
  }

  async readAllBackwards(before: Position | undefined, limit: number): Promise<readonly StoredEvent[] | LogChanged> {
    this.#mustBeOpen();
    const from = this.#indexAfter(before);
    if (from === undefined) return { outcome: 'log-changed', logId: this.logId };
    const { events } = this.#log;
    const end = before === undefined ? events.length : events.filter(({ position }) => position < before).length;
    const bound = this.#has('reading back begins at its position') && before !== undefined ? end + 1 : end;
    return events.slice(Math.max(0, bound - limit), bound).reverse();
  }

  async *follow(
    after: Position | undefined,
    { signal, batchSize = 500 }: FollowOptions,
  ): AsyncGenerator<readonly StoredEvent[]> {
    let from = this.#indexAfter(after);
    if (from === undefined) throw new EventStoreFault('log-changed', 'a position of another log');
    if (this.#has('followers begin with the event at their position') && from > 0) from--;
    const aborted = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    while (!signal.aborted) {
      this.#mustBeOpen();
      const woken = this.#woken.promise;
      const bound = this.#has('batches have no bound') ? Number.POSITIVE_INFINITY : batchSize;
      const batch = this.#log.events.slice(from, from + bound);
      if (batch.length === 0) {
        await Promise.race([woken, aborted]);
        continue;
      }
      const twice = this.#has('followers are given events twice') && from > 0 && from % 5 === 0;
      yield batch;
      from = this.#has('followers miss what comes while they catch up') ? this.#log.events.length : from + batch.length;
      if (twice) yield batch;
      await this.#turns(1);
    }
    if (this.#has('aborting is an error')) throw signal.reason;
  }

  async lastPosition(): Promise<Position | undefined> {
    this.#mustBeOpen();
    return this.#log.events.at(-1)?.position;
  }

  compare(a: Position, b: Position): number | LogChanged {
    const [left, right] = [partsOf(a), partsOf(b)];
    if (left.logId !== this.logId || right.logId !== this.logId) return { outcome: 'log-changed', logId: this.logId };
    return Number(left.place) - Number(right.place);
  }

  parsePosition(text: string): Position | undefined {
    const prints = (position: Position) =>
      this.#has('positions that it never prints are read') ||
      this.#log.print(Number(partsOf(position).place)) === position;
    return parsePosition({ logId: this.logId, prints }, text);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#last;
    this.#wake();
  }

  /** Index in the log of the first event after the position, undefined where the position is not of this log. */
  #indexAfter(after: Position | undefined): number | undefined {
    if (after === undefined) return 0;
    if (partsOf(after).logId !== this.logId)
      return this.#has('positions of other logs begin at the start') ? 0 : undefined;
    const isGone = this.#log.gone.some(({ position }) => position === after);
    if (isGone && this.#has('positions that were let go are of another log')) return undefined;
    const at = this.#log.events.findLastIndex(({ position }) => position <= after);
    const beyond = at === this.#log.events.length - 1 && this.#log.events[at]?.position !== after;
    return beyond &&
      !this.#has('positions beyond the end are the end') &&
      !this.#has('positions are given before the commit')
      ? undefined
      : at + 1;
  }

  async #turns(count: number): Promise<void> {
    for (let turn = 0; turn < count; turn++) await new Promise(setImmediate);
  }

  #wake(): void {
    const woken = this.#woken;
    this.#woken = Promise.withResolvers<void>();
    woken.resolve();
  }

  #isClosed(): boolean {
    return this.#closed && !this.#has('a closed store goes on');
  }

  #mustBeOpen(): void {
    if (this.#isClosed()) throw closed();
  }

  #has(flaw: EventStoreFlaw): boolean {
    return this.#log.flaw === flaw;
  }
}

function placeOf({ position, revision, recordedAt }: StoredEvent) {
  return { outcome: 'appended', position, revision, recordedAt } as const;
}

function closed(): EventStoreFault {
  return new EventStoreFault('closed', 'the event store is closed');
}

function unreachable(): never {
  throw new Error('nothing was written');
}
