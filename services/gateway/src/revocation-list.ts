import { setTimeout as pause } from 'node:timers/promises';
import {
  fail,
  getRevocations,
  type Reply,
  type ReplyError,
  type RevocationNotice,
  revocationNotice,
  revocationsSubject,
  type ValueOf,
} from '@evident/contracts';
import { type Clock, type Logger, randomUuid } from '@evident/runtime';
import type { Broadcast, RequestClient } from '@evident/transport';
import { freshForMs, HeardLists } from './access/heard-lists.ts';
import { RecentPositions } from './access/recent-positions.ts';
import { laterOf } from './consistency/written-positions.ts';

/** How long a request waits for a fresh answer before it is refused. */
const askForMs = 1_000;
/** How long the answer of a write is held for the projection. */
const holdForMs = 500;
/** As many as a question may name. */
const mostOthers = 16;

type Answer = ValueOf<typeof getRevocations>;

export interface RevocationListOptions {
  readonly client: RequestClient;
  readonly broadcast: Broadcast;
  readonly tenant: string;
  readonly now: Clock;
  readonly logger: Logger;
}

/**
 * The ended tokens, as identity-projection knows them from the log. Kept by its broadcasts; asked for where a sequence
 * was missed, a publisher is not known yet, or nothing fresh came; and brought past every write that this gateway made
 * before the write is answered, so that what the write ended has ended at this gateway's next request.
 *
 * Freshness is the age of the log head that the list has passed, by the publisher's clock (clocks agree to well within
 * the deadlines used); never the mere arrival of a message.
 */
export class RevocationList {
  readonly #options: RevocationListOptions;
  readonly #heard: HeardLists;
  readonly #passed = new RecentPositions(256);
  /** Of own writes that the list has not been brought past yet, the last of each log: whoever is past it is past them all. */
  readonly #owed = new Set<string>();
  readonly #underWay = new Map<string | undefined, Promise<ReplyError | undefined>>();
  #clockBehindMs: number | undefined;
  #unsubscribe: (() => void) | undefined;

  constructor(options: RevocationListOptions) {
    this.#options = options;
    this.#heard = new HeardLists(options.now);
  }

  start(): void {
    const { broadcast, tenant, logger } = this.#options;
    this.#unsubscribe = broadcast.subscribe(revocationsSubject(tenant), (message) => {
      const notice = revocationNotice.safeParse(message);
      if (notice.success) this.#hear(notice.data);
      else logger.warn({ message: revocationsSubject(tenant) }, 'A notice of ended tokens has the wrong shape.');
    });
    void this.#askOnce(undefined, this.#options.now() + askForMs);
  }

  close(): void {
    this.#unsubscribe?.();
  }

  /** Nothing to wait for: the list is fresh and past every write made here. */
  get isFresh(): boolean {
    return this.#owed.size === 0 && this.#heard.isRecent;
  }

  /** How far the clock of the last to answer is at least behind this one, where that keeps the list from being fresh. */
  get clockBehindMs(): number | undefined {
    return this.#clockBehindMs;
  }

  /** For a token of this user, session and generation. Meaningful only while the list is fresh. */
  hasEnded(holderId: string, sessionId: string | undefined, generation: number): boolean {
    return this.#heard.has(holderId, sessionId, generation);
  }

  /**
   * Brings the list up to now and past `position`.
   * @returns why that cannot be: `service.unavailable` without a fresh answer; for the position `read.not-yet`,
   * `log.changed`, `log.unknown-position`.
   */
  async bringUp(position: string | undefined, deadline: number): Promise<ReplyError | undefined> {
    if (position !== undefined && !this.#passed.has(position)) {
      const error = await this.#askFor(position, deadline);
      if (error !== undefined) return error;
    }
    if (this.isFresh) return undefined;
    const until = Math.min(deadline, this.#options.now() + askForMs);
    const owed = [...this.#owed];
    const errors = await Promise.all((owed.length > 0 ? owed : [undefined]).map((one) => this.#askOnce(one, until)));
    // Writes that were made meanwhile are owed to those who come after their acknowledgement.
    const isPassed = errors.every((error) => error === undefined || error.code === 'log.changed');
    const isPaid = owed.length === 0 || this.#owed.size === 0 || isPassed;
    return isPaid && this.#heard.isRecent ? undefined : (errors.find((error) => error !== undefined) ?? unavailable);
  }

  /**
   * Waits until the projection, and with it this list, has passed a write made here; gives up after half a second.
   * Until it has, the list counts as stale and no token is accepted on it.
   */
  async passWrite(position: string): Promise<void> {
    if (this.#passed.has(position)) return;
    this.#owe(position);
    // The question outlives the hold: its answer is what makes the list fresh again.
    const asked = this.#askOnce(position, this.#options.now() + askForMs);
    const hold = new AbortController();
    await Promise.race([asked, pause(holdForMs, undefined, { signal: hold.signal }).catch(() => undefined)]);
    hold.abort();
  }

  #owe(position: string): void {
    for (const other of this.#owed) {
      if (laterOf(position, other) === other) return;
      if (laterOf(other, position) === position) this.#owed.delete(other);
    }
    this.#owed.add(position);
  }

  #hear(notice: RevocationNotice): void {
    const sequence = this.#heard.sequenceOf(notice.publisher);
    if (sequence !== undefined && notice.sequence < sequence) return;
    if (sequence === undefined || notice.after > sequence) {
      void this.#askOnce(undefined, this.#options.now() + askForMs);
      return;
    }
    this.#heard.take(notice);
  }

  /** Who shares a question that was begun with less time than they have asks again when that time is up. */
  async #askFor(position: string, deadline: number): Promise<ReplyError | undefined> {
    const begun = await this.#underWay.get(position);
    const isAnswered = this.#passed.has(position) || (begun !== undefined && begun.code !== 'deadline.passed');
    return isAnswered ? begun : this.#askOnce(position, deadline);
  }

  /** One question at a time for each position: who comes while it is under way shares its answer. */
  #askOnce(position: string | undefined, deadline: number): Promise<ReplyError | undefined> {
    const begun = this.#underWay.get(position);
    if (begun !== undefined) return begun;
    const asked = this.#ask(position, deadline).finally(() => this.#underWay.delete(position));
    this.#underWay.set(position, asked);
    return asked;
  }

  async #ask(position: string | undefined, deadline: number): Promise<ReplyError | undefined> {
    for (;;) {
      const askedAt = this.#options.now();
      const reply = await this.#request(position, deadline);
      if (!reply.ok) {
        this.#clockBehindMs = undefined;
        // A position of another log will never be passed: there is nothing left to wait for.
        if (reply.error.code === 'log.changed' && position !== undefined) this.#owed.delete(position);
        return reply.error;
      }
      const { publisher, asOf } = reply.value;
      const isFurther = this.#take(reply.value);
      const isTaken = this.#heard.sequenceOf(publisher) !== undefined;
      if (isTaken && asOf > 0) {
        this.#compareClocks(askedAt, asOf);
        break;
      }
      // A part of a long list, which says nothing about its own age: the rest has to be asked for.
      if (!isFurther || this.#options.now() >= deadline) return unavailable;
    }
    if (position !== undefined) {
      this.#owed.delete(position);
      this.#passed.add(position);
    }
    return undefined;
  }

  /**
   * An answer is on a head that was read for the question: by a clock that agrees, not before it. Where another publisher
   * keeps the list fresh, it does no harm.
   */
  #compareClocks(askedAt: number, asOf: number): void {
    const behindMs = askedAt - asOf;
    const wasBehind = this.#clockBehindMs !== undefined;
    this.#clockBehindMs = behindMs > freshForMs && !this.#heard.isRecent ? behindMs : undefined;
    if (wasBehind || this.#clockBehindMs === undefined) return;
    const text =
      'The clock of identity-projection is behind; no token can be accepted. Set the clocks of both machines.';
    this.#options.logger.warn({ durationMs: behindMs }, text);
  }

  #request(position: string | undefined, deadline: number): Promise<Reply<Answer>> {
    const { client, tenant } = this.#options;
    const [latest, ...others] = this.#heard.standings();
    const named = others.length === 0 ? {} : { others: others.slice(0, mostOthers) };
    const question = latest === undefined ? { since: 0 } : { ...latest, ...named };
    return client.request(getRevocations, question, {
      tenant,
      deadline,
      correlationId: randomUuid(),
      commandId: randomUuid(),
      ...(position === undefined ? {} : { minPosition: position }),
    });
  }

  /** @returns whether the list has come further by it. */
  #take(answer: Answer): boolean {
    // What came after a place where this list never stood, or of a publisher that was forgotten meanwhile, is of no use.
    if (this.#heard.sequenceOf(answer.publisher) === undefined && !answer.snapshot) return false;
    return this.#heard.take(answer);
  }
}

const unavailable = fail('service.unavailable').error;
