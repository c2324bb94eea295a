import { randomUUID } from 'node:crypto';
import { type Deployment, until } from '@evident/testing';
import { expect } from 'vitest';
import { type Body, call } from '../e2e/http.ts';
import type { Entry, History } from './history.ts';
import { attempt, type Operation } from './operations.ts';

type Registration = Extract<Operation, { kind: 'register-user' }>;

export interface Interrupted {
  /** Repeats by the same callers, answered at their first attempt. */
  readonly repeated: number;
  /** Names tried by somebody else, that were free or complete in time. */
  readonly tried: number;
  /** Of those, whose claim had to be freed first: the first try was refused. */
  readonly waitedFor: number;
}

/** From the restart to the moment when no name may be stuck any more (api/asf.md, "Settled"). */
const freeWithinMs = 10_000;

/**
 * What comes of registrations whose callers never got an answer: a repeat by the same caller with the same key is
 * answered at once, and what nobody repeats is free or complete in time. To be called at a restart.
 */
export async function settleInterrupted(
  evident: Deployment,
  token: string,
  history: History,
  inDoubt: readonly Entry[],
): Promise<Interrupted> {
  const restartedAt = performance.now();
  const [repeats, others] = halves(inDoubt);
  const counts = { repeated: 0, tried: 0, waitedFor: 0 };
  await Promise.all([
    ...repeats.map(async ({ operation, idempotencyKey }) => {
      // The second repeat has to be answered as the first was, which the history is checked for.
      for (const which of ['first', 'second']) {
        const answered = history.begin(operation, idempotencyKey);
        const outcome = answered(await attempt(evident, token, operation, idempotencyKey));
        const why = outcome.kind === 'in-doubt' ? await refusalsOf(evident) : '';
        expect(outcome.kind, `${operation.kind}, the ${which} repeat after the restart: ${why}`).not.toBe('in-doubt');
      }
      counts.repeated += 1;
    }),
    ...others.map(async ({ operation }) => {
      if (operation.kind !== 'register-user') return;
      const tries = await freeOrComplete(evident, token, history, operation, restartedAt);
      counts.tried += 1;
      if (tries > 1) counts.waitedFor += 1;
    }),
  ]);
  return counts;
}

/** How many tries it took until the name was given, or was seen to be somebody's. */
async function freeOrComplete(
  evident: Deployment,
  token: string,
  history: History,
  { username }: Registration,
  restartedAt: number,
): Promise<number> {
  let tries = 0;
  const key = randomUUID();
  const operation: Registration = { kind: 'register-user', username, email: `${key}@example.com` };
  await until(
    async () => {
      tries += 1;
      const answered = history.begin(operation, key);
      const outcome = answered(await attempt(evident, token, operation, key));
      if (outcome.kind === 'acknowledged') return true;
      const { body } = await call(evident, `/users/?q=${encodeURIComponent(username)}`, { token });
      return body.some((user: Body) => user.username === username) || undefined;
    },
    { what: `${username} free or complete`, withinMs: freeWithinMs - (performance.now() - restartedAt) },
  );
  return tries;
}

/** What the gateway has refused since it started, by code. */
async function refusalsOf(evident: Deployment): Promise<string> {
  const { body } = await call(evident, '/metrics');
  return (
    String(body)
      .match(/^evident_refusals_total.*$/gm)
      ?.join('\n') ?? 'nothing was refused by a code'
  );
}

function halves<Item>(items: readonly Item[]): [Item[], Item[]] {
  return [items.filter((_, index) => index % 2 === 0), items.filter((_, index) => index % 2 === 1)];
}
