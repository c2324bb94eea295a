import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type AttemptPolicy,
  admit,
  admitAttempt,
  attemptPolicy,
  callerTallyKey,
  emptyTally,
  memoryOfAttempts,
  refillTallies,
  type SignInEvent,
} from '../sign-in/index.ts';

const minute = 60_000;
const now = 1_800_000_000_000;
/** Limits that few attempts reach. */
const policy: AttemptPolicy = { ...attemptPolicy, perCaller: 2, perAccount: 3, badKeysPerAddress: 2 };
const accounts = ['k1.a', 'k1.b'] as const;
const callers = ['k1.x', 'k1.y'] as const;
const common = { purpose: 'session', appId: null, judged: { app: null, reservation: null, user: null } } as const;

const attempts = fc.array(
  fc.record({
    // Most of them about where one stops to count.
    ago: fc.oneof(fc.nat(40), fc.integer({ min: 1420, max: 1500 }), fc.nat(6000)).map((minutes) => minutes * minute),
    kind: fc.constantFrom('succeeded', 'failed', 'failed', 'throttled', 'bad-key'),
    account: fc.constantFrom(...accounts),
    caller: fc.constantFrom(...callers),
    limit: fc.constantFrom('caller', 'account'),
    doublings: fc.nat(5),
  }),
  { maxLength: 60 },
);

function eventOf(attempt: typeof attempts extends fc.Arbitrary<(infer One)[]> ? One : never): SignInEvent {
  const { ago, kind, account, caller, limit, doublings } = attempt;
  const at = now - ago;
  switch (kind) {
    case 'succeeded': {
      const data = { ...common, userId: account, audience: null, generation: 1, ticketHash: null };
      return { type: 'signin.succeeded', data: { ...data, account, caller, at } };
    }
    case 'throttled': {
      const until = at + Math.min(policy.firstWaitMs * 2 ** doublings, policy.longestWaitMs);
      const data = { purpose: common.purpose, appId: null, limit: limit as 'caller' | 'account', count: 1 };
      return { type: 'signin.throttled', data: { ...data, account, caller, until, at } };
    }
    case 'bad-key':
      return {
        type: 'signin.failed',
        data: { ...common, reason: 'unknown-key', userId: null, account: null, caller, at },
      };
    default:
      return {
        type: 'signin.failed',
        data: { ...common, reason: 'wrong-password', userId: account, account, caller, at },
      };
  }
}

/** What the limits say to each account from each caller, and to bad keys, now. */
function decisions(events: readonly SignInEvent[]) {
  const tallies = refillTallies(events, policy);
  const tried = accounts.flatMap((account) =>
    callers.map((caller) => {
      const both = {
        caller: tallies.callers.get(callerTallyKey(account, caller)) ?? emptyTally,
        account: tallies.accounts.get(account) ?? emptyTally,
      };
      const admission = admitAttempt(both, policy, now);
      if (admission.admission === 'refused') {
        const { limit, until, firstOfWindow } = admission;
        return { refused: limit, until, firstOfWindow };
      }
      return admission.admission === 'admitted' ? { exempt: admission.exempt } : 'wait';
    }),
  );
  const badKeys = callers.map((caller) => {
    const admission = admit(tallies.addresses.get(caller) ?? emptyTally, policy.badKeysPerAddress, policy, now);
    return admission.admission === 'refused' ? admission.until : admission.admission;
  });
  return { tried, badKeys };
}

test('the limits decide the same by what is left as by all that there was', () => {
  fc.assert(
    fc.property(attempts, (tried) => {
      const all = tried.toSorted((a, b) => b.ago - a.ago).map(eventOf);
      const left = all.filter(({ data }) => data.at >= now - memoryOfAttempts(policy));
      expect(decisions(left)).toEqual(decisions(all));
    }),
    { numRuns: Number(process.env.PROPERTY_RUNS ?? 300) },
  );
});

test('and would not by what is left of an hour', () => {
  const cut = (policyMemory: number) => (tried: Parameters<typeof eventOf>[0][]) => {
    const all = tried.toSorted((a, b) => b.ago - a.ago).map(eventOf);
    expect(decisions(all.filter(({ data }) => data.at >= now - policyMemory))).toEqual(decisions(all));
  };
  expect(() => fc.assert(fc.property(attempts, cut(60 * minute)), { numRuns: 2_000 })).toThrow();
});
