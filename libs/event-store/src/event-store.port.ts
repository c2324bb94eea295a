/**
 * The log. One total order of events over all streams; each stream has its own dense revisions from 0.
 *
 * Adapters return outcomes for what is expected (a conflict, a position of another log) and throw
 * `EventStoreFault` only for faults (the store is away, the file is damaged, the disk is full).
 */

/** A JSON value as it is stored. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [member: string]: Json };
export type JsonObject = { readonly [member: string]: Json };

/** Who did it: `user:<uuid>`, `app:<uuid>`, `service:<uuid>`, or `system`; never empty. */
export type Actor = string;

/** Metadata of every event. Client address and agent are sealed, see `event-codec.ts`. */
export interface EventMetadata {
  readonly tenant: string;
  readonly actor: Actor;
  readonly onBehalfOf?: string;
  /** The command that caused it; `run-command` finds its own work by it. */
  readonly commandId: string;
  /** Keyed hash of the request, where a client may repeat the command: the same id with another request is refused. */
  readonly fingerprint?: string;
  readonly correlationId: string;
  readonly causationId?: string;
  /** Milliseconds since the epoch, by the clock of the service that decided. */
  readonly occurredAt: number;
  /** Client address and user agent, sealed under the key of a person: opaque here. */
  readonly sealedClient?: JsonObject;
}

/** An event on its way to the log, in its stored form: names, schema number and sealed JSON. */
export interface NewEvent {
  /** UUID. The same id twice in one stream is one event (see `append`). */
  readonly id: string;
  readonly type: string;
  readonly schema: number;
  readonly data: JsonObject;
  readonly metadata: EventMetadata;
}

/**
 * A place in the total order, printed as `<log id>~<sortable>`. Opaque outside the adapter: compare with
 * `EventStore.compare`, never as numbers. Positions of one log compare by code unit of their printed form.
 */
export type Position = string & { readonly __position: unique symbol };

export interface StoredEvent extends NewEvent {
  readonly stream: string;
  /** Place in its stream, from 0, without gaps; the beginning of a stream may have been let go. */
  readonly revision: number;
  readonly position: Position;
  /** Milliseconds since the epoch at commit; kept by a migration. */
  readonly recordedAt: number;
  /** Only in a log that was migrated: where the event stood in the log that it was first written to. */
  readonly origin?: Position;
}

/** The most JSON that one append may hold, in bytes. */
export const maxAppendBytes = 1_000_000;

/** `revision`: the stream must end exactly there. `any` is for facts that no decision depends on. */
export type Expected = { readonly revision: number } | 'no-stream' | 'any';

export type AppendOutcome =
  | {
      readonly outcome: 'appended';
      /** Position and revision of the last event of this append. */
      readonly position: Position;
      readonly revision: number;
      readonly recordedAt: number;
      /** True where all these event ids were already in the stream: nothing was written. */
      readonly repeated: boolean;
    }
  | { readonly outcome: 'conflict' /** The stream's last revision, -1 where it has none. */; readonly actual: number };

export interface ReadStreamOptions {
  /** First revision wanted (inclusive); where it was let go, the first that is left. */
  readonly from?: number;
  /** At most this many events. */
  readonly limit?: number;
}

/** The position lies in another log (restored, migrated, wiped): 410 `log-changed` outside. */
export interface LogChanged {
  readonly outcome: 'log-changed';
  readonly logId: string;
}

/**
 * The log: streams of events in one total order. What a caller has to expect is an outcome; everything else rejects with
 * `EventStoreFault`, whose `code` says whether the same call may work later. Safe for any number of calls at once, and
 * for several processes on one log.
 */
export interface EventStore {
  /** Id of this log; a new one when the log is created, restored or migrated. */
  readonly logId: string;

  /**
   * Appends all events or none, at the expected revision.
   *
   * Durable before it resolves (fsync). Atomic; positions are assigned at commit, so no reader ever sees a later
   * position before an earlier one. Idempotent by event id: where every id of this append is already in this
   * stream in this order with no other between, it resolves as appended with the original place and
   * `repeated: true`, whatever was expected; where only some are, or in another order, it is a conflict. Event ids
   * are unique in the whole log: an id that another stream holds is a fault (`misuse`), as are an append of no
   * events and an id twice in one append.
   * After an ambiguous fault repeat the append with the same ids. At most `maxAppendBytes` of JSON, else `too-large`.
   */
  append(stream: string, events: readonly NewEvent[], expected: Expected): Promise<AppendOutcome>;

  /** Events of one stream in revision order, from the log's leader: every acknowledged append is seen. Empty where there is no such stream. */
  readStream(stream: string, options?: ReadStreamOptions): Promise<readonly StoredEvent[]>;

  /** The last `count` events of one stream, in revision order, from the leader. */
  readStreamEnd(stream: string, count: number): Promise<readonly StoredEvent[]>;

  /**
   * Lets go of the beginning of a stream for ever: of its events before revision `before`. What is left keeps its
   * revisions and positions, and the last event always stays, so that the stream goes on where it ended. Gives the
   * revision with which it begins now; 0 where there is no such stream.
   *
   * Durable when it resolves; idempotent, and an earlier revision brings nothing back. Of a call that fails or dies the
   * first events may be gone, none without those before it: call again. Reads of the stream give nothing from before
   * it; a read from such a revision begins with the first that is left. Reads in the order of the log and followers go
   * on over the gap, from a position in it as from any other, and positions compare as before; until the store has
   * cleared up (an EventStoreDB: its next scavenge) they may still give what was let go, so nobody may rely on its
   * absence. Ids of events that were let go are forgotten: a late repeat is then what any other append would be.
   */
  truncateStream(stream: string, before: number): Promise<number>;

  /**
   * Up to `limit` events of all streams strictly after `after` (from the beginning where undefined), in position
   * order. Shorter than `limit` only at the end of the log. A position beyond the end was never given by this log:
   * `log-changed`, so that it is not taken for "caught up".
   */
  readAll(after: Position | undefined, limit: number): Promise<readonly StoredEvent[] | LogChanged>;

  /**
   * Up to `limit` events of all streams strictly before `before` (from the end where undefined), the latest first.
   * Shorter than `limit` only at the beginning of the log. `log-changed` as for `readAll`.
   */
  readAllBackwards(before: Position | undefined, limit: number): Promise<readonly StoredEvent[] | LogChanged>;

  /**
   * All events strictly after `after`, first the past and then each new one within 10 ms of its commit (by
   * whichever process), in position order, none skipped, none doubled, in batches of at most `batchSize` (default
   * 500). A slow consumer is waited for: at most one batch is held. Ends when `signal` aborts, without an error.
   * Throws `EventStoreFault` with code `log-changed` where `after` is of another log, or where the log is replaced
   * or vanishes while it is followed. A follower that waits does not keep the process alive.
   */
  follow(after: Position | undefined, options: FollowOptions): AsyncIterable<readonly StoredEvent[]>;

  /** Position of the last event of the log, from the leader; undefined where it is empty. */
  lastPosition(): Promise<Position | undefined>;

  /** Negative, zero or positive; `log-changed` where either is of another log. */
  compare(a: Position, b: Position): number | LogChanged;

  /** A position as this log, or any other, prints it; undefined where the text is none. */
  parsePosition(text: string): Position | undefined;

  /** Finishes appends in flight, then lets go of the store. Idempotent. */
  close(): Promise<void>;
}

export interface FollowOptions {
  /** Ends the following, without an error. */
  readonly signal: AbortSignal;
  /** Events at most in one batch; 500 unless given. */
  readonly batchSize?: number;
}

/**
 * What can go wrong that no caller expects:
 *
 * - `unavailable`: the store is away, busy beyond its bound, or its queue is full; try again later.
 * - `damaged`: what is stored is not what was written; never skipped, an operator must act.
 * - `disk-full`: nothing was acknowledged; works again once there is space.
 * - `log-changed`: this log was replaced or vanished, or the position is of another log.
 * - `too-large`: more than `maxAppendBytes` in one append.
 * - `closed`: the store was closed.
 * - `misuse`: a bug or a wrong configuration; the same call never works.
 */
export type EventStoreFaultCode =
  | 'unavailable'
  | 'damaged'
  | 'disk-full'
  | 'log-changed'
  | 'too-large'
  | 'closed'
  | 'misuse';

/** What to do where what is stored is whole, and a newer program wrote it. */
export const installNewest =
  'Install the newest version of Evident that ever ran on this log; if it is that one, report a bug with this line.';

/** `ambiguous`: the write may or may not be there; the same call with the same ids is safe. */
export class EventStoreFault extends Error {
  override readonly name = 'EventStoreFault';
  readonly code: EventStoreFaultCode;
  readonly ambiguous: boolean;
  /** What to do, where that is another thing than for most faults of this code. */
  readonly remedy: string | undefined;
  constructor(code: EventStoreFaultCode, message: string, options: EventStoreFaultOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.ambiguous = options.ambiguous ?? false;
    this.remedy = options.remedy;
  }
}

export interface EventStoreFaultOptions {
  readonly ambiguous?: boolean;
  readonly remedy?: string;
  readonly cause?: unknown;
}
