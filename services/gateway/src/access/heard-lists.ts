import type { Revocation } from '@evident/contracts';
import type { Clock } from '@evident/runtime';
import { EndedTokens } from './ended-tokens.ts';

/** A list older than this answers no more: an ended token stops within a second everywhere (design: revocation). */
export const freshForMs = 750;
/** Many times the pause between two heartbeats: whoever is silent for so long has ended, or speaks of another log. */
const silenceMs = 10_000;

/** The members that a notice and an answer have in common. */
export interface RevocationNews {
  readonly publisher: string;
  readonly sequence: number;
  readonly changes: readonly Revocation[];
  /** When the head of the log was read that the list has passed, by the publisher's clock. */
  readonly asOf: number;
}

interface HeardList {
  readonly ended: EndedTokens;
  sequence: number;
  asOf: number;
  heardAt: number;
}

/**
 * The lists of ended tokens that were heard of, one for each identity-projection: each counts for itself, under numbers
 * of its own, and says the same of the one log. A token has ended where any of them says so; what is known is as fresh
 * as the freshest. So it does not matter which process answers a question, nor that several send heartbeats.
 */
export class HeardLists {
  readonly #now: Clock;
  readonly #lists = new Map<string, HeardList>();

  constructor(now: Clock) {
    this.#now = now;
  }

  get isRecent(): boolean {
    return [...this.#lists.values()].some((list) => this.#isFresh(list));
  }

  /** For a token of this user, session and generation. */
  has(holderId: string, sessionId: string | undefined, generation: number): boolean {
    for (const { ended } of this.#lists.values()) if (ended.has(holderId, sessionId, generation)) return true;
    return false;
  }

  /** Where each list stands, the latest found first. */
  standings(): { readonly publisher: string; readonly since: number }[] {
    return [...this.#lists].map(([publisher, { sequence }]) => ({ publisher, since: sequence })).reverse();
  }

  /** Undefined for a publisher that is not known. */
  sequenceOf(publisher: string): number | undefined {
    return this.#lists.get(publisher)?.sequence;
  }

  /**
   * Ended stays ended: a change that is heard twice, or late, alters nothing.
   * @returns whether the list has come further by it.
   */
  take({ publisher, sequence, changes, asOf }: RevocationNews): boolean {
    const now = this.#now();
    const known = this.#lists.get(publisher);
    const list = known ?? {
      ended: new EndedTokens(this.#now),
      sequence: 0,
      asOf: Number.NEGATIVE_INFINITY,
      heardAt: now,
    };
    const isFurther = known === undefined || sequence > known.sequence;
    list.ended.add(changes);
    list.sequence = Math.max(list.sequence, sequence);
    // A clock that runs ahead must not make a list fresh for longer than it is.
    list.asOf = Math.max(list.asOf, Math.min(asOf, now));
    list.heardAt = now;
    this.#lists.set(publisher, list);
    if (this.#isFresh(list)) this.#forgetSilent(now);
    return isFurther;
  }

  /** Only while another list is whole and fresh: it holds what these did, where they spoke of the same log. */
  #forgetSilent(now: number): void {
    for (const [publisher, { heardAt }] of this.#lists) {
      if (now - heardAt > silenceMs) this.#lists.delete(publisher);
    }
  }

  #isFresh({ asOf }: HeardList): boolean {
    return this.#now() - asOf <= freshForMs;
  }
}
