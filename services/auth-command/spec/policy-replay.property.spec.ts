import { type SignInEvent, streams } from '@evident/domain';
import { readable } from '@evident/event-store';
import { PolicyReplay, type RecordedAttempt, type RecordedVerdict, type ReplayedAttempt } from '@evident/evidence';
import { requestContext } from '@evident/testing';
import { type Arbitrary, array, assert, asyncProperty, constantFrom, integer, record } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { appOn, type Fixture, goodPassword, openFixture, registerOn } from './fixture.ts';

const runs = Number(process.env.POLICY_REPLAY_RUNS ?? 5);

interface Burst {
  readonly who: 'known' | 'unassigned' | 'unknown';
  readonly password: string;
  readonly key: 'good' | 'bad';
  readonly from: number;
  /** From so many addresses at once: from a dozen the limit of the account is met before that of each caller. */
  readonly callers: number;
  readonly attempts: number;
  readonly pause: number;
}

/** Bursts of attempts at the same time, with pauses that end just before, at and after what the limits wait for. */
const bursts: Arbitrary<Burst[]> = array(
  record({
    who: constantFrom('known', 'known', 'unassigned', 'unknown'),
    password: constantFrom('a guess', 'a guess', 'a guess', goodPassword),
    key: constantFrom('good', 'good', 'good', 'good', 'bad'),
    from: integer({ min: 1, max: 3 }),
    callers: constantFrom(1, 1, 1, 12),
    attempts: integer({ min: 1, max: 14 }),
    pause: constantFrom(0, 1, 1_000, 29_999, 30_000, 60_000, 899_999, 900_000, 86_400_000),
  }),
  { minLength: 3, maxLength: 12 },
);

/** What a service records of some bursts, in the order of the log. */
async function recordedBy(schedule: readonly Burst[]): Promise<readonly RecordedAttempt[]> {
  const fixture = await openFixture();
  try {
    return await recordedOn(fixture, schedule);
  } finally {
    await fixture.remove();
  }
}

async function recordedOn(fixture: Fixture, schedule: readonly Burst[]): Promise<readonly RecordedAttempt[]> {
  const { temporary, service, clock } = fixture;
  const app = await appOn(fixture);
  const known = await registerOn(fixture, 'known');
  const people = { known, unassigned: await registerOn(fixture, 'unassigned'), unknown: { username: 'unknown' } };
  const data = { appId: app.appId, appNumber: 7, userNumber: 1 };
  await fixture.append(streams.user('main', known.uid), { type: 'user.app-assigned', data });
  for (const { who, password, key, from, callers, attempts, pause } of schedule) {
    const request = { username: people[who].username, password, apiKey: key === 'good' ? app.apiKey : 'no-key' };
    const context = (nth: number) => requestContext({ clientIp: `198.51.100.${from + (nth % callers)}` });
    const tried = Array.from({ length: attempts * callers }, (_, nth) =>
      service.verifyCredentials(request, context(nth)),
    );
    await Promise.all(tried);
    clock.advance(pause);
  }
  const events = await temporary.log.store.readAll(undefined, 10_000);
  if ('outcome' in events) throw new Error('the log was replaced');
  const recorded: RecordedAttempt[] = [];
  for (const event of events.filter(({ type }) => type.startsWith('signin.'))) {
    const decoded = readable(await temporary.log.codec.decode(event));
    recorded.push(attemptOf({ type: decoded.type, data: decoded.data } as SignInEvent, event.id));
  }
  return recorded;
}

function attemptOf(event: SignInEvent, eventId: string): RecordedAttempt {
  const { purpose, appId, account, caller, at } = event.data;
  const time = new Date(at).toISOString();
  return {
    ...{ eventId, time, at, purpose, account, caller, user: null, clientIp: null },
    app: appId === null ? null : `app:${appId}`,
    verdict: verdictOf(event),
  };
}

function verdictOf(event: SignInEvent): RecordedVerdict {
  if (event.type === 'signin.succeeded') return { outcome: 'succeeded' };
  if (event.type === 'signin.failed') return { outcome: 'failed', reason: event.data.reason };
  const { limit, count, until } = event.data;
  return { outcome: 'throttled', limit, count, until };
}

const counted = (attempts: readonly RecordedAttempt[]) =>
  attempts.reduce((sum, { verdict }) => sum + (verdict.outcome === 'throttled' ? verdict.count : 1), 0);
const replayed = (perCaller: number | undefined, attempts: readonly RecordedAttempt[]): ReplayedAttempt[] => {
  const replay = new PolicyReplay({ limits: perCaller === undefined ? {} : { perCaller } });
  return attempts.flatMap((attempt) => replay.next(attempt));
};

describe('attempts that this service recorded, against limits', () => {
  it(
    'differ in nothing where the limits are those in force, and under others only as far as limits reach',
    async () => {
      let [refusals, attempts, different] = [0, 0, 0];
      await assert(
        asyncProperty(bursts, integer({ min: 1, max: 30 }), async (schedule, perCaller) => {
          const recorded = await recordedBy(schedule);
          attempts += counted(recorded);
          refusals += recorded.filter(({ verdict }) => verdict.outcome === 'throttled').length;
          expect(replayed(undefined, recorded).filter(({ differs }) => differs)).toEqual([]);
          const others = replayed(perCaller, recorded);
          expect(others.reduce((sum, { count }) => sum + count, 0)).toBe(counted(recorded));
          for (const { recorded: before, replayed: after } of others.filter(({ differs }) => differs)) {
            different += 1;
            // What was verified is judged as it was or not at all; what was not, nobody can know.
            expect(after.outcome).toBe(before.outcome === 'throttled' ? 'unknown' : 'throttled');
          }
        }),
        { numRuns: runs },
      );
      // Else the histories would show nothing.
      expect(refusals).toBeGreaterThan(0);
      expect(different).toBeGreaterThan(0);
      expect(attempts).toBeGreaterThan(runs);
    },
    120_000 + runs * 5_000,
  );
});
