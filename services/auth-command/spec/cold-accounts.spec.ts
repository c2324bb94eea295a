import { randomUUID } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { attemptPolicy, memoryOfAttempts, type SignInEvent, streams } from '@evident/domain';
import { type ManualClock, manualClock, openTemporaryLog, requestContext, type TemporaryLog } from '@evident/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addressHash } from '../src/attempts/caller-hash.ts';
import { recallAccount } from '../src/limits/recall-tallies.ts';
import { appendAsIs } from './caller-on-log.ts';
import { openFixture, registerOn } from './fixture.ts';

const minute = 60_000;
let temporary: TemporaryLog;
let clock: ManualClock;

beforeAll(async () => {
  clock = manualClock();
  temporary = await openTemporaryLog({ now: clock });
  await failures(undefined, 200);
  clock.advance(60 * minute);
});
afterAll(() => temporary.remove());

const accountOf = (userId: string) => temporary.log.lookup.hash('attempt-account', `user:${userId}`);
const accountOfName = (name: string) => temporary.log.lookup.hash('attempt-account', `username:${name}`);

async function failures(userId: string | undefined, count: number): Promise<void> {
  const account = userId === undefined ? accountOfName('nobody') : accountOf(userId);
  const failed = (): SignInEvent => ({
    type: 'signin.failed',
    data: {
      purpose: 'verify',
      appId: null,
      userId: userId ?? null,
      reason: userId === undefined ? 'unknown-user' : 'wrong-password',
      account,
      caller: addressHash(temporary.log.lookup, '192.0.2.1'),
      judged: { app: null, reservation: null, user: null },
      at: clock(),
    },
  });
  await appendAsIs(temporary, streams.signIn('main', userId), Array.from({ length: count }, failed));
}

/** What it costs to meet an account cold: reads of the log, and events that are decoded. */
async function costOf(account: string, userId: string | undefined) {
  const cost = { reads: 0, decoded: 0 };
  const { store, codec, tenant } = temporary.log;
  const decode: typeof codec.decode = (event) => {
    cost.decoded += 1;
    return codec.decode(event);
  };
  const readStreamEnd: typeof store.readStreamEnd = (stream, count) => {
    cost.reads += 1;
    return store.readStreamEnd(stream, count);
  };
  const log = { tenant, codec: { ...codec, decode }, store: Object.assign(Object.create(store), { readStreamEnd }) };
  const bounds = { busySince: clock() - 30 * minute, since: clock() - memoryOfAttempts(attemptPolicy) };
  const tallies = await recallAccount(log, { account, userId }, bounds);
  return { cost, failures: tallies.accounts.get(account)?.failures.length ?? 0 };
}

describe('an account that is met cold', () => {
  it('costs the same whether nobody has the name, a user was never tried, or was tried often and long ago', async () => {
    const [untried, often] = [randomUUID(), randomUUID()];
    await failures(often, 150);
    clock.advance(25 * 60 * minute);
    await failures(undefined, 150);
    const cost = { reads: 1, decoded: 0 };
    expect((await costOf(accountOfName('a new name'), undefined)).cost).toEqual(cost);
    expect((await costOf(accountOf(untried), untried)).cost).toEqual(cost);
    expect((await costOf(accountOf(often), often)).cost).toEqual(cost);
  });

  it('is remembered to the last failure that counts, however many there were', async () => {
    const [few, many] = [randomUUID(), randomUUID()];
    await failures(few, 3);
    await failures(many, 99);
    clock.advance(14 * minute);
    expect((await costOf(accountOf(few), few)).failures).toBe(3);
    expect((await costOf(accountOf(many), many)).failures).toBe(99);
  });
});

describe('while the hash is computed', () => {
  it('a user who was not seen for long is met, so that nothing is left to be slow after it', async () => {
    const { fixture, cold, eventsWhileHashing } = await restarted();
    const { uid } = cold;
    const { read, again } = await eventsWhileHashing(cold.username);
    expect(read).toContainEqual({ stream: streams.user('main', uid), from: 0, events: expect.toSatisfy((n) => n > 0) });
    expect(again.filter(({ stream }) => stream === streams.user('main', uid))).toEqual([
      { stream: streams.user('main', uid), from: expect.toSatisfy((from) => from > 0), events: 0 },
    ]);
    await fixture.remove();
  });

  it('as many events are read for a name that nobody has and for a user who was seen a moment ago', async () => {
    const { fixture, cold, other, eventsWhileHashing } = await restarted();
    const eventsOf = async (username: string) => {
      // Who answers for the rows here has looked at the reservation before.
      const users = (await eventsWhileHashing(username)).read.filter(({ stream }) => stream.startsWith('user-'));
      return users.reduce((sum, { events }) => sum + events, 0);
    };
    const met = await eventsOf(cold.username);
    expect(met).toBeGreaterThan(3);
    expect(await eventsOf('nobody has this')).toBe(met);
    expect(await eventsOf(cold.username)).toBe(met);
    expect(await eventsOf(other.username)).toBe(met);
    await fixture.remove();
  });
});

it('who has a long history is not read again for each name that nobody has', async () => {
  const { fixture, cold, other, eventsWhileHashing } = await restarted({ eventsOfOther: 200 });
  const eventsOf = async (username: string) => {
    const users = (await eventsWhileHashing(username)).read.filter(({ stream }) => stream.startsWith('user-'));
    return users.reduce((sum, { events }) => sum + events, 0);
  };
  const met = await eventsOf(cold.username);
  expect(await eventsOf(other.username)).toBeGreaterThan(200);
  expect(await eventsOf('nobody has this')).toBe(met);
  await fixture.remove();
});

interface Read {
  readonly stream: string;
  readonly from: number;
  readonly events: number;
}

/** A service that has just been started on a log with two users. */
async function restarted({ eventsOfOther = 0 } = {}) {
  const before = await openFixture();
  const cold = await registerOn(before, 'cold');
  const other = await registerOn(before, 'other');
  const named = (_: unknown, place: number) => ({ type: 'user.named', data: { name: `name ${place}` } }) as const;
  if (eventsOfOther > 0)
    await appendAsIs(before.temporary, streams.user('main', other.uid), Array.from({ length: eventsOfOther }, named));
  const fixture = await before.restart();
  const { store } = fixture.temporary.log;
  let read: Read[] = [];
  let { computed } = fixture.hasher;
  const readStream = store.readStream.bind(store);
  store.readStream = async (stream, options) => {
    const events = await readStream(stream, options);
    // What is read before that is read by who answers for the rows.
    if (fixture.hasher.computed > computed) read.push({ stream, from: options?.from ?? 0, events: events.length });
    return events;
  };
  return {
    fixture,
    cold,
    other,
    /** What is read of the log before the hash is there, and what after it. */
    async eventsWhileHashing(username: string) {
      let whileHashing: Read[] = [];
      fixture.hasher.whileHashing = async () => {
        // The hash is held back for as long as something is read.
        for (let before = -1; before !== read.length; await nextTurns()) before = read.length;
        whileHashing = read;
        read = [];
      };
      read = [];
      ({ computed } = fixture.hasher);
      await fixture.service.authenticate({ username, password: 'a guess', purpose: 'token' }, requestContext());
      return { read: whileHashing, again: read };
    },
  };
}

async function nextTurns(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await setImmediate();
}
