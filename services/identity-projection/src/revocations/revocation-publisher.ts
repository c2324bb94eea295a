import {
  type getRevocations,
  type RequestContext,
  type Revocation,
  type RevocationNotice,
  revocationsSubject,
  succeed,
} from '@evident/contracts';
import type { EventStore, Position } from '@evident/event-store';
import type { ReadModelStore } from '@evident/read-model';
import type { Clock, Logger } from '@evident/runtime';
import type { Broadcast, MessageHandler } from '@evident/transport';
import { awaitPosition, notYet, waitFor } from '../reading/await-position.ts';
import type { Progress } from '../reading/progress.ts';
import { RevocationFollower } from './revocation-follower.ts';

export interface RevocationPublisherOptions {
  readonly tenant: string;
  readonly events: EventStore;
  readonly store: ReadModelStore;
  /** How far the rows of the directory have come. */
  readonly rows: Pick<Progress, 'position' | 'reached'>;
  readonly broadcast: Broadcast;
  readonly logger: Logger;
  readonly now: Clock;
}

/** A log head that was read from the leader, and has been passed since. */
interface Proof {
  /** Of the list that had passed it. */
  readonly publisher: string;
  /** Undefined on an empty log. */
  readonly position: Position | undefined;
  /** When the reading of it began, milliseconds since the epoch. */
  readonly asOf: number;
}

const heartbeatMs = 250;
/** A heartbeat that is not proven by then is given up; the next one reads a new head. */
const longestProofMs = 10_000;
/** How long an answer waits for the rows. */
const longestHoldMs = 500;
/** Changes in one answer: at most some 170 KiB. */
const pageSize = 1_500;

/**
 * Tells gateways which tokens have ended: each change at once, and a heartbeat that proves the list fresh. A
 * heartbeat carries a head of the log and is sent only once that head is passed, so a list that has stopped is silent.
 */
export class RevocationPublisher {
  readonly #options: RevocationPublisherOptions;
  readonly #follower: RevocationFollower;
  #proven: Proof | undefined;
  #timer: NodeJS.Timeout | undefined;
  #proving: Promise<void> | undefined;
  #leaderIsAway = false;

  constructor(options: RevocationPublisherOptions) {
    this.#options = options;
    this.#follower = new RevocationFollower({ ...options, onChanges: (changes, after) => this.#tell(changes, after) });
  }

  start(): void {
    this.#follower.start();
    this.#beat();
    this.#timer ??= setInterval(() => this.#beat(), heartbeatMs).unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#follower.stop();
    await this.#proving;
  }

  /** When the list was last known to be complete, milliseconds since the epoch. */
  get provenAt(): number | undefined {
    return this.#proven?.asOf;
  }

  /** Answers `get-revocations`: always on a head read for this very request. */
  readonly answer: MessageHandler<typeof getRevocations> = async ({ publisher, since, others = [] }, context) => {
    const { events, now } = this.#options;
    const follower = this.#follower;
    const late = await awaitPosition({ progress: follower, events, now }, context);
    if (late !== undefined) return { ok: false, error: late };
    const early = await this.#prove(waitFor(context.deadline, now));
    if (early === undefined) return { ok: false, error: notYet(follower.position()) };
    const proof = (await this.#giveRowsTime(context)) ? ((await this.#prove(0)) ?? early) : early;
    const known = [{ publisher, since }, ...others].find((place) => place.publisher === follower.publisher);
    const from = known !== undefined && known.since <= follower.list.sequence ? known.since : undefined;
    const { sequence, changes, complete } = follower.list.since(from ?? 0, pageSize);
    const value = { publisher: follower.publisher, sequence, snapshot: from === undefined, changes: [...changes] };
    // A part proves nothing: `asOf` 0 keeps whoever asked from taking it for the whole.
    return succeed({ ...value, ...(complete ? statementOf(proof) : { asOf: 0 }) }, proof.position);
  };

  /**
   * Who asks for a position holds the answer of a write until it can be read. Rows that stand still end no token late.
   * @returns whether time passed.
   */
  async #giveRowsTime(context: RequestContext): Promise<boolean> {
    const { events, now, rows } = this.#options;
    if (context.minPosition === undefined) return false;
    const deadline = Math.min(context.deadline, now() + longestHoldMs);
    await awaitPosition({ progress: rows, events, now }, { ...context, deadline });
    return true;
  }

  /** One at a time: while a head is not passed, a newer one would not be either. */
  #beat(): void {
    this.#proving ??= this.#heartbeat().finally(() => {
      this.#proving = undefined;
    });
  }

  async #heartbeat(): Promise<void> {
    const { now, logger } = this.#options;
    try {
      this.#follower.list.prune(now());
      const proof = await this.#prove(longestProofMs);
      if (proof !== undefined) this.#tell([], this.#follower.list.sequence);
      if (this.#leaderIsAway) logger.info({}, 'The head of the log can be read again.');
      this.#leaderIsAway = false;
    } catch (error) {
      if (!this.#leaderIsAway) logger.warn({ error }, 'The head of the log cannot be read; no heartbeat is sent.');
      this.#leaderIsAway = true;
    }
  }

  async #prove(withinMs: number): Promise<Proof | undefined> {
    const { events, now } = this.#options;
    const asOf = now();
    const position = await events.lastPosition();
    if (position !== undefined && (await this.#follower.reached(position, withinMs)) !== 'reached') return undefined;
    const proof = { publisher: this.#follower.publisher, position, asOf };
    if (this.#proven === undefined || this.#proven.asOf < asOf) this.#proven = proof;
    return proof;
  }

  /** Before the first proof of a list nobody can have one that a change could be added to. */
  #tell(changes: readonly Revocation[], after: number): void {
    const { list, publisher } = this.#follower;
    if (this.#proven?.publisher !== publisher) return;
    const notice: RevocationNotice = {
      publisher,
      after,
      sequence: list.sequence,
      changes: [...changes],
      ...statementOf(this.#proven),
    };
    this.#options.broadcast.publish(revocationsSubject(this.#options.tenant), notice);
  }
}

function statementOf({ position, asOf }: Proof): { position?: string; asOf: number } {
  return position === undefined ? { asOf } : { position, asOf };
}
