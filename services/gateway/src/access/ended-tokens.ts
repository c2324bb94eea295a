import type { Revocation } from '@evident/contracts';
import type { Clock } from '@evident/runtime';

/** The longest that ACCESS_TOKEN_TTL may be: a token that lives may have been made when it was longer than now. */
const longestTokenMs = 86_400_000;
/** A token may be accepted this much after its expiry, by the tolerance for clocks. */
const toleranceMs = 10_000;
const sweepEveryMs = 60_000;

/**
 * Which tokens have ended before their time. An entry is kept as long as a token that it ends could still be presented:
 * memory is bounded by the changes of one day, and nothing is dropped earlier to save room.
 */
export class EndedTokens {
  readonly #now: Clock;
  /** By the uuid of a user or an agent. */
  readonly #holders = new Map<string, { readonly generation: number; readonly until: number }>();
  readonly #sessions = new Map<string, number>();
  #sweptAt: number;

  constructor(now: Clock) {
    this.#now = now;
    this.#sweptAt = now();
  }

  /** @param sessionId undefined for a token of an agent, which has none. */
  has(holderId: string, sessionId: string | undefined, generation: number): boolean {
    const holder = this.#holders.get(holderId);
    if (holder !== undefined && generation < holder.generation) return true;
    return sessionId !== undefined && this.#sessions.has(sessionId);
  }

  add(changes: readonly Revocation[]): void {
    const now = this.#now();
    for (const change of changes) {
      if (change.kind === 'session') this.#sessions.set(change.sessionId, change.expiresAt + toleranceMs);
      else {
        const holderId = change.kind === 'user' ? change.userId : change.agentId;
        const generation = Math.max(change.generation, this.#holders.get(holderId)?.generation ?? 0);
        this.#holders.set(holderId, { generation, until: now + longestTokenMs + toleranceMs });
      }
    }
    if (now - this.#sweptAt >= sweepEveryMs) this.#sweep(now);
  }

  #sweep(now: number): void {
    this.#sweptAt = now;
    for (const [holderId, { until }] of this.#holders) if (until < now) this.#holders.delete(holderId);
    for (const [sessionId, until] of this.#sessions) if (until < now) this.#sessions.delete(sessionId);
  }
}
