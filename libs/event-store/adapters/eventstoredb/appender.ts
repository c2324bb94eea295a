import { setTimeout as wait } from 'node:timers/promises';
import { type JSONEventData, NO_STREAM } from '@eventstore/db-client';
import { type AppendOutcome, EventStoreFault, type Expected, type StoredEvent } from '../../src/event-store.port.ts';
import type { EsdbConnection } from './esdb-connection.ts';
import { esdbFault, typeOf } from './esdb-fault.ts';
import type { EsdbReader } from './esdb-reader.ts';
import { idsKept, type KnownStream, type KnownStreams } from './known-streams.ts';
import { isAsSent } from './recorded-event.ts';

/** An append as it was at the call. */
export interface PreparedAppend {
  readonly stream: string;
  readonly events: readonly JSONEventData[];
  readonly expected: Expected;
}

export interface AppendBounds {
  /** Milliseconds that one attempt may take. */
  readonly attemptMs: number;
  /** Milliseconds from the call, turns of others included, after which no new attempt begins. */
  readonly totalMs: number;
}

/** Whether an attempt was written, or may have been: then what is found may be of this very append. */
interface Trying {
  sent: boolean;
}

/** What the ids of an append say about a stream. */
type Judgement =
  | { readonly found: 'none' }
  | { readonly found: 'some' }
  | { readonly found: 'all'; readonly revision: number };

/**
 * Appends with the meaning of the port, which is not that of the server: there the same ids at the present end are
 * appended again, and `any` knows a repeat only while a cache does. So every append names the exact end that this
 * process knows, having looked for its ids up to there; whoever was faster makes the server refuse it, and then what
 * is new is read and judged again. After a failure whose outcome nobody knows it looks as well, so that an append
 * which failed here but was written there is found and never made twice.
 */
export class Appender {
  readonly #connection: EsdbConnection;
  readonly #reader: EsdbReader;
  readonly #known: KnownStreams;
  readonly #bounds: AppendBounds;
  /** Appends to one stream take turns in this process, which would else only refuse each other. */
  readonly #turns = new Map<string, Promise<unknown>>();

  constructor(connection: EsdbConnection, reader: EsdbReader, known: KnownStreams, bounds: AppendBounds) {
    this.#connection = connection;
    this.#reader = reader;
    this.#known = known;
    this.#bounds = bounds;
  }

  append(append: PreparedAppend): Promise<AppendOutcome> {
    const { stream } = append;
    const giveUpAt = performance.now() + this.#bounds.totalMs;
    const before = this.#turns.get(stream) ?? Promise.resolve();
    const appending = before.then(() => this.#appendInTurn(append, giveUpAt));
    const turn = appending.catch(() => undefined);
    this.#turns.set(stream, turn);
    void turn.then(() => {
      if (this.#turns.get(stream) === turn) this.#turns.delete(stream);
    });
    return appending;
  }

  /** Waits for the appends that are under way. */
  async settled(): Promise<void> {
    await Promise.all(this.#turns.values());
  }

  /** Who got their turn too late is refused untried: while the server is away a queue must not grow, nor hold up an end. */
  async #appendInTurn(append: PreparedAppend, giveUpAt: number): Promise<AppendOutcome> {
    if (performance.now() >= giveUpAt) {
      throw new EventStoreFault('unavailable', `appending to ${append.stream}: those before it took all the time`);
    }
    const trying = { sent: false };
    for (let attempt = 1; ; attempt += 1) {
      try {
        const outcome = await this.#attempt(append, trying);
        if (outcome !== 'again') return outcome;
        if (performance.now() >= giveUpAt) {
          throw new EventStoreFault('unavailable', `others keep appending to ${append.stream}`);
        }
      } catch (error) {
        const met = esdbFault(error, `appending to ${append.stream}`);
        if (met.ambiguous) this.#known.forget(append.stream);
        const fault = withAmbiguity(met, trying.sent);
        if (fault.code !== 'unavailable' || performance.now() >= giveUpAt) throw fault;
        await wait(Math.min(50 * 2 ** Math.min(attempt, 4), 500) * (0.5 + Math.random() / 2));
      }
    }
  }

  /** `again` where another writer was faster and that does not decide it. */
  async #attempt(append: PreparedAppend, trying: Trying): Promise<AppendOutcome | 'again'> {
    const { stream, events, expected } = append;
    let known = this.#known.get(stream);
    const untried = known === undefined && expected === 'no-stream' && !trying.sent;
    if (!untried) {
      known = known?.isEnough ? known : await this.#load(stream);
      if (judge(known, events).found !== 'none' || wantedEnd(known, expected) !== known.end) {
        known = await this.#refresh(stream, known);
      }
      const { found, ...at } = judge(known, events);
      if ('revision' in at) {
        const there = await this.#at(stream, at.revision);
        if (there !== undefined) return appended(there, !trying.sent);
        // What this process remembers was let go meanwhile.
        this.#known.forget(stream);
        return 'again';
      }
      if (found === 'some' || wantedEnd(known, expected) !== known.end)
        return { outcome: 'conflict', actual: known.end };
    }
    const end = known?.end ?? -1;
    if (!(await this.#send(append, end, trying))) {
      await (known === undefined ? this.#load(stream) : this.#refresh(stream, known));
      return 'again';
    }
    const after = this.#known.learn(stream, [], end + 1);
    events.forEach(({ id }, index) => {
      after.add(id, end + 1 + index);
    });
    const last = await this.#at(stream, end + events.length);
    const sent = events.at(-1);
    // To a beginning that was there with these ids the server says success, and keeps what was written then.
    if (last !== undefined) return appended(last, untried && sent !== undefined && !isAsSent(last, sent));
    throw new EventStoreFault('damaged', `revision ${end + events.length} of ${stream} was written and is not there`);
  }

  /** False where the stream does not end there. */
  async #send({ stream, events }: PreparedAppend, end: number, trying: Trying): Promise<boolean> {
    const { client, call } = this.#connection;
    const expectedRevision: typeof NO_STREAM | bigint = end === -1 ? NO_STREAM : BigInt(end);
    const options = { ...call, expectedRevision, deadline: this.#bounds.attemptMs };
    try {
      const { success } = await this.#connection.inTime(
        `appending to ${stream}`,
        client.appendToStream(stream, [...events], options),
      );
      trying.sent ||= success;
      return success;
    } catch (error) {
      if (typeOf(error) === 'wrong-expected-version') return false;
      trying.sent ||= esdbFault(error, stream).ambiguous;
      throw error;
    }
  }

  /** The event at a revision, for the answer to an append does not tell its place and time; undefined where none is. */
  async #at(stream: string, revision: number): Promise<StoredEvent | undefined> {
    const [event] = await this.#reader.stream(stream, revision, 1);
    return event?.revision === revision ? event : undefined;
  }

  async #load(stream: string): Promise<KnownStream> {
    const events = await this.#reader.streamEnd(stream, idsKept);
    this.#known.forget(stream);
    return this.#known.learn(stream, events, 0);
  }

  async #refresh(stream: string, known: KnownStream): Promise<KnownStream> {
    const events: readonly StoredEvent[] = await this.#reader.stream(stream, known.end + 1);
    return events.length === 0 ? known : this.#known.learn(stream, events, known.end + 1);
  }
}

function appended({ position, revision, recordedAt }: StoredEvent, repeated: boolean): AppendOutcome {
  return { outcome: 'appended', position, revision, recordedAt, repeated };
}

function judge(known: KnownStream, events: readonly JSONEventData[]): Judgement {
  const revisions = events.map(({ id }) => known.revisionOf(id));
  const [first] = revisions;
  if (revisions.every((revision) => revision === undefined)) return { found: 'none' };
  const inOrder = first !== undefined && revisions.every((revision, index) => revision === first + index);
  return inOrder ? { found: 'all', revision: first + events.length - 1 } : { found: 'some' };
}

/** The revision at which the stream must end. */
function wantedEnd({ end }: KnownStream, expected: Expected): number {
  if (expected === 'any') return end;
  return expected === 'no-stream' ? -1 : expected.revision;
}

function withAmbiguity(fault: EventStoreFault, ambiguous: boolean): EventStoreFault {
  if (fault.ambiguous === ambiguous) return fault;
  return new EventStoreFault(fault.code, fault.message, { ambiguous, cause: fault.cause });
}
