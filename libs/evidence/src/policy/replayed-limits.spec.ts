import { attemptPolicy } from '@evident/domain';
import { describe, expect, it } from 'vitest';
import { attemptAt, right, wrong } from './attempts.fixture.ts';
import { ReplayedLimits } from './replayed-limits.ts';

const throttledOnce = { outcome: 'throttled', limit: 'caller', count: 1 } as const;

describe('limits as they would have been kept', () => {
  it('remember what the policy remembers, however many attempts there were', () => {
    const limits = new ReplayedLimits(attemptPolicy);
    let most = 0;
    // Somebody else every half minute, for ten days: one day of them counts at a time, and what came since the last look.
    for (let nth = 0; nth < 30_000; nth++) {
      const verdict = nth % 3 === 0 ? wrong : right;
      const attempt = attemptAt(nth * 30, verdict, { account: `account ${nth}` });
      limits.judged(attempt, verdict === wrong ? 'wrong-password' : 'right-password');
      most = Math.max(most, limits.remembered);
    }
    expect(most).toBeLessThan(2 * (10_000 + 2_880));
  });

  it('remember no more where every attempt was one that nobody judged', () => {
    const limits = new ReplayedLimits(attemptPolicy);
    let most = 0;
    for (let nth = 0; nth < 30_000; nth++) {
      const verdict = { ...throttledOnce, until: attemptAt(nth * 30 + 30, wrong).at };
      limits.throttled(attemptAt(nth * 30, verdict, { account: `account ${nth}` }), verdict);
      most = Math.max(most, limits.remembered);
    }
    expect(most).toBeLessThan(2 * (10_000 + 2_880));
  });

  it('count a flood that was refused without walking through it', () => {
    const limits = new ReplayedLimits(attemptPolicy);
    for (let nth = 0; nth < 10; nth++) limits.judged(attemptAt(nth, wrong), 'wrong-password');
    const wait = (count: number, at: number) => {
      const verdict = { outcome: 'throttled', limit: 'caller', count, until: attemptAt(40, wrong).at } as const;
      return limits.throttled(attemptAt(at, verdict), verdict);
    };
    expect(wait(1, 10)).toEqual({ refused: 1, admitted: 0 });
    expect(wait(1_000_000_000, 41)).toEqual({ refused: 1_000_000_000, admitted: 0 });
  });
});
