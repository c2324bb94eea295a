import type { ReplayPolicy } from '@evident/contracts';
import { failureReason } from '@evident/domain';
import { describe, expect, it } from 'vitest';
import { attemptAt, crm, jdoe, right, waiting, wiki, wrong } from './attempts.fixture.ts';
import { PolicyReplay } from './policy-replay.ts';
import { memoryOf } from './read-policy.ts';
import type { RecordedAttempt } from './recorded-attempt.ts';

/** What each attempt becomes: the outcome and its reason, with how many of those that are counted together. */
function replayed(policy: ReplayPolicy, attempts: readonly RecordedAttempt[]): string[] {
  const replay = new PolicyReplay(policy);
  return attempts.flatMap((attempt) =>
    replay.next(attempt).map(({ attempt: { eventId }, replayed: { outcome, reason }, count, differs }) => {
      const what = `${eventId} ${outcome}${reason === null ? '' : ` ${reason}`}${count === 1 ? '' : ` ×${count}`}`;
      return differs ? `${what} (differs)` : what;
    }),
  );
}

/** Ten guesses, one a second; the eleventh begins a wait of thirty seconds, in which five more come; a right one after it. */
const lockedOut: readonly RecordedAttempt[] = [
  ...Array.from({ length: 10 }, (_, second) => attemptAt(second, wrong)),
  attemptAt(10, waiting(40)),
  attemptAt(45, waiting(40, 5)),
  attemptAt(46, right),
];

describe('sign-ins against a policy', () => {
  it('are what they were under an empty one, and under the limits in force', () => {
    for (const policy of [{}, { limits: {} }, { limits: { perCaller: 10 }, networks: {}, assignments: {} }]) {
      expect(replayed(policy, lockedOut).filter((line) => line.endsWith('(differs)'))).toEqual([]);
    }
    expect(replayed({}, lockedOut).slice(10)).toEqual([
      '10 throttled too-many-attempts',
      '45 throttled too-many-attempts ×5',
      '46 succeeded',
    ]);
  });

  it('are refused where a stricter limit would have been full, and judged again after its wait', () => {
    expect(replayed({ limits: { perCaller: 3 } }, lockedOut)).toMatchInlineSnapshot(`
      [
        "0 failed wrong-password",
        "1 failed wrong-password",
        "2 failed wrong-password",
        "3 throttled too-many-attempts (differs)",
        "4 throttled too-many-attempts (differs)",
        "5 throttled too-many-attempts (differs)",
        "6 throttled too-many-attempts (differs)",
        "7 throttled too-many-attempts (differs)",
        "8 throttled too-many-attempts (differs)",
        "9 throttled too-many-attempts (differs)",
        "10 throttled too-many-attempts",
        "45 throttled too-many-attempts ×4",
        "45 unknown never-verified (differs)",
        "46 throttled too-many-attempts (differs)",
      ]
    `);
  });

  it('are unknown where a gentler limit would have judged what nobody verified', () => {
    expect(replayed({ limits: { perCaller: 13 } }, lockedOut).slice(10)).toMatchInlineSnapshot(`
      [
        "10 unknown never-verified (differs)",
        "45 throttled too-many-attempts ×3",
        "45 unknown never-verified ×2 (differs)",
        "46 throttled too-many-attempts (differs)",
      ]
    `);
    expect(replayed({ limits: { perCaller: 100 } }, lockedOut).slice(10)).toEqual([
      '10 unknown never-verified (differs)',
      '45 unknown never-verified ×5 (differs)',
      '46 succeeded',
    ]);
  });

  it('count bad keys by address', () => {
    const badKey = (second: number) =>
      attemptAt(second, { outcome: 'failed', reason: 'unknown-key' }, { account: null, caller: 'address', user: null });
    const lines = replayed({ limits: { badKeysPerAddress: 2 } }, [
      badKey(0),
      badKey(1),
      badKey(2),
      attemptAt(3, right),
    ]);
    expect(lines.slice(2)).toEqual(['2 throttled too-many-attempts (differs)', '3 succeeded']);
  });

  it('count bad keys in a wait of their address', () => {
    const of = { account: null, caller: 'address', user: null };
    const badKey = (second: number) => attemptAt(second, { outcome: 'failed', reason: 'unknown-key' }, of);
    const recorded = [
      ...Array.from({ length: 100 }, () => badKey(0)),
      attemptAt(1, waiting(31, 1, 'address'), of),
      attemptAt(40, waiting(31, 4, 'address'), of),
    ];
    expect(replayed({ limits: {} }, recorded).slice(100)).toEqual([
      '1 throttled too-many-attempts',
      '40 throttled too-many-attempts ×4',
    ]);
    expect(replayed({ limits: { badKeysPerAddress: 103, perCaller: 1, perAccount: 1 } }, recorded).slice(100)).toEqual([
      '1 unknown never-verified (differs)',
      '40 throttled too-many-attempts ×2',
      '40 unknown never-verified ×2 (differs)',
    ]);
  });

  it('in a wait of the account are of nobody in particular where several are counted together', () => {
    const from = (nth: number, second: number, verdict = wrong) =>
      attemptAt(second, verdict, { caller: `caller ${nth}` });
    const recorded = [
      ...Array.from({ length: 100 }, (_, nth) => from(nth, 0)),
      from(0, 1, waiting(31, 1, 'account')),
      from(0, 40, waiting(31, 5, 'account')),
    ];
    expect(replayed({ limits: {} }, recorded).slice(100)).toEqual([
      '1 throttled too-many-attempts',
      '40 throttled too-many-attempts ×5',
    ]);
    // The first of the wait is known to be of caller 0; whose the others were the log does not say.
    expect(replayed({ limits: { perAccount: 200, perCaller: 2 } }, recorded).slice(100)).toEqual([
      '1 unknown never-verified (differs)',
      '40 unknown never-verified ×5 (differs)',
    ]);
    expect(replayed({ limits: { perAccount: 200, perCaller: 1 } }, recorded).slice(100)).toEqual([
      '1 throttled too-many-attempts',
      '40 unknown never-verified ×5 (differs)',
    ]);
    expect(replayed({ limits: { perAccount: 103 } }, recorded).slice(100)).toEqual([
      '1 unknown never-verified (differs)',
      '40 throttled too-many-attempts ×3',
      '40 unknown never-verified ×2 (differs)',
    ]);
  });

  it.each([
    ['the first of the waits in force', { until: 40, firstWaitSeconds: 22 }, 'throttled too-many-attempts'],
    ['the second', { until: 70, firstWaitSeconds: 37 }, 'throttled too-many-attempts'],
    ['the longest', { until: 910, firstWaitSeconds: 457 }, 'throttled too-many-attempts'],
    ['none of them', { until: 56.9, firstWaitSeconds: 30 }, 'unknown never-verified (differs)'],
  ])('in a wait as long as %s are spread over it from its begin', (_, { until, firstWaitSeconds }, expected) => {
    const recorded = [
      ...[0, 1, 2, 3.5].map((second) => attemptAt(second, wrong)),
      // Recorded almost two seconds after it was refused: half way through the wait the other one came.
      attemptAt(11.9, waiting(until)),
      attemptAt(until + 5, waiting(until)),
    ];
    expect(replayed({ limits: { perCaller: 3, firstWaitSeconds } }, recorded).at(-1)).toBe(`${until + 5} ${expected}`);
  });

  it('are refused from networks that are not allowed, count against nobody there, and are unknown without an address', () => {
    const networks = { allow: ['192.0.2.0/24', '2001:db8::/32'], apps: { [crm]: ['198.51.100.0/24'] } };
    const from = (clientIp: string | null, second: number, app = wiki) => attemptAt(second, right, { clientIp, app });
    expect(
      replayed({ networks }, [
        from('192.0.2.77', 0),
        from('::ffff:192.0.2.77', 1),
        from('2001:db8::1', 2),
        from('203.0.113.5', 3),
        from('192.0.2.77', 4, crm),
        from('198.51.100.1', 5, crm),
        from(null, 6),
        from('erased', 7),
      ]),
    ).toEqual([
      '0 succeeded',
      '1 succeeded',
      '2 succeeded',
      '3 refused network-not-allowed (differs)',
      '4 refused network-not-allowed (differs)',
      '5 succeeded',
      '6 unknown address-not-known (differs)',
      '7 unknown address-not-known (differs)',
    ]);
    expect(replayed({ networks: { allow: ['198.51.100.0/24'] } }, lockedOut).slice(10)).toEqual([
      '10 refused network-not-allowed (differs)',
      '45 refused network-not-allowed ×5 (differs)',
      '46 refused network-not-allowed (differs)',
    ]);
    const outside = Array.from({ length: 12 }, (_, second) => attemptAt(second, wrong, { clientIp: '203.0.113.5' }));
    const lines = replayed({ networks, limits: {} }, [...outside, attemptAt(13, right)]);
    expect(new Set(lines.slice(0, 12).map((line) => line.split(' ')[1]))).toEqual(new Set(['refused']));
    expect(lines[12]).toBe('13 succeeded');
  });

  it('succeed with an assignment that is added, fail without one that is removed, and nothing before it is changed', () => {
    const recorded = [
      attemptAt(0, { outcome: 'failed', reason: 'not-assigned' }),
      attemptAt(1, right),
      attemptAt(2, wrong),
      attemptAt(3, { outcome: 'failed', reason: 'inactive' }),
      attemptAt(4, right, { purpose: 'session', app: null }),
    ];
    const change = [{ user: jdoe, app: wiki }];
    expect(replayed({ assignments: { add: change } }, recorded)).toEqual([
      '0 succeeded (differs)',
      '1 succeeded',
      '2 failed wrong-password',
      '3 failed inactive',
      '4 succeeded',
    ]);
    expect(replayed({ assignments: { remove: change } }, recorded)).toEqual([
      '0 failed not-assigned',
      '1 failed not-assigned (differs)',
      '2 failed wrong-password',
      '3 failed inactive',
      '4 succeeded',
    ]);
  });

  it('are what they are by all that there was, by as much before a period as the limits remember', () => {
    const policy: ReplayPolicy = { limits: { perAccount: 3 } };
    const day = 86_400;
    // The owner’s failures count against nobody but the owner: the right password was less than a day before them.
    const all = [
      attemptAt(-day - 300, right),
      ...[-600, -590, -580].map((second) => attemptAt(second, wrong)),
      attemptAt(0, wrong, { caller: 'elsewhere' }),
    ];
    const begin = (all.at(-1)?.at ?? 0) - memoryOf(policy);
    expect(replayed(policy, all).at(-1)).toBe('0 failed wrong-password');
    expect(
      replayed(
        policy,
        all.filter(({ at }) => at >= begin),
      ).at(-1),
    ).toBe('0 failed wrong-password');
  });

  it.each(['verify', 'session', 'token'] as const)(
    'for %s are judged alike, for whatever reason they failed',
    (purpose) => {
      const notAsked = { verify: ['not-administrator'], session: ['unknown-key', 'not-assigned', 'not-administrator'] };
      const skipped: readonly string[] = purpose === 'token' ? ['unknown-key', 'not-assigned'] : notAsked[purpose];
      for (const reason of failureReason.options.filter((each) => !skipped.includes(each))) {
        const account = reason === 'unknown-key' ? null : 'jdoe';
        const attempt = attemptAt(0, { outcome: 'failed', reason }, { purpose, account });
        expect(replayed({ limits: {} }, [attempt])).toEqual([`0 failed ${reason}`]);
      }
    },
  );
});
