import { streams } from '@evident/domain';
import { requestContext } from '@evident/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { appOn, codeOf, type Fixture, goodPassword, openFixture, registerOn } from './fixture.ts';

let fixture: Fixture;
let app: Awaited<ReturnType<typeof appOn>>;
let name: string;
let uid: string;
let serial = 0;

beforeAll(async () => {
  fixture = await openFixture();
  app = await appOn(fixture);
});
afterAll(() => fixture.remove());
beforeEach(async () => {
  ({ username: name, uid } = await registerOn(fixture, `person${++serial}`));
  const data = { appId: app.appId, appNumber: 7, userNumber: 1 };
  await fixture.append(streams.user('main', uid), { type: 'user.app-assigned', data });
});

interface Attempt {
  readonly username?: string;
  readonly password?: string;
  readonly apiKey?: string;
  readonly from?: string;
  readonly clientIp?: string;
}

async function attempt({ username = name, password = 'a guess', apiKey = app.apiKey, from, clientIp }: Attempt = {}) {
  const request = { username, password, apiKey, ...(clientIp === undefined ? {} : { clientIp }) };
  const reply = await fixture.service.verifyCredentials(request, requestContext({ clientIp: from ?? '192.0.2.1' }));
  if (reply.ok) return reply.value.authorized ? 'authorized' : reply.value.refusal;
  return reply.error.code === 'request.too-many-attempts' ? reply.error.retryAfterSeconds : codeOf(reply);
}
async function attempts(count: number, what: Attempt = {}) {
  const answers: unknown[] = [];
  for (let index = 0; index < count; index++) answers.push(await attempt(what));
  return answers;
}
const guesses = (count: number) => Array.from({ length: count }, () => 'invalid-credentials');

describe('an account from one caller', () => {
  it('has ten failures answered, then waits of 30 seconds that double with each further failure', async () => {
    expect(await attempts(10)).toEqual(guesses(10));
    expect(await attempt()).toBe(30);
    fixture.clock.advance(10_000);
    expect(await attempt({ password: goodPassword })).toBe(20);
    fixture.clock.advance(20_000);
    expect(await attempts(2)).toEqual(['invalid-credentials', 60]);
  });

  it('is clear again after a right password that comes after the wait', async () => {
    await attempts(11);
    fixture.clock.advance(30_000);
    expect(await attempt({ password: goodPassword })).toBe('authorized');
    expect(await attempts(10)).toEqual(guesses(10));
  });

  it('is counted by all its names together', async () => {
    expect(await attempts(5)).toEqual(guesses(5));
    expect(await attempts(5, { username: `${name}@example.com` })).toEqual(guesses(5));
    expect(await attempt({ username: name.toUpperCase() })).toBe(30);
  });

  it('is another for another address, and for another person of whom the app tells the address', async () => {
    await attempts(11);
    expect(await attempt({ from: '192.0.2.2' })).toBe('invalid-credentials');
    expect(await attempt({ clientIp: '198.51.100.1' })).toBe('invalid-credentials');
    expect(await attempt()).toBe(30);
  });

  it('is refused alike whether there is such a user or not', async () => {
    const unknown = { username: `nobody${serial}` };
    expect(await attempts(12, unknown)).toEqual(await attempts(12));
  });

  it('does not let parallel guesses slip past, and lets parallel right ones in', async () => {
    const many = await Promise.all(Array.from({ length: 40 }, () => attempt()));
    expect(many.filter((answer) => answer === 'invalid-credentials')).toHaveLength(10);
    expect(many.filter((answer) => answer === 30)).toHaveLength(30);
    const other = await registerOn(fixture, `other${serial}`);
    const data = { appId: app.appId, appNumber: 7, userNumber: 1 };
    await fixture.append(streams.user('main', other.uid), { type: 'user.app-assigned', data });
    const right = { username: other.username, password: goodPassword };
    const rights = await Promise.all(Array.from({ length: 40 }, () => attempt(right)));
    expect(new Set(rights)).toEqual(new Set(['authorized']));
  });
});

describe('a password that was right a moment ago', () => {
  it('does not wait for guesses that are in flight', async () => {
    expect(await attempt({ password: goodPassword })).toBe('authorized');
    const begun = Promise.withResolvers<void>();
    const goOn = Promise.withResolvers<void>();
    let hashing = 0;
    fixture.hasher.whileHashing = () => {
      hashing += 1;
      if (hashing === 10) begun.resolve();
      return goOn.promise;
    };
    const guessed = Promise.all(Array.from({ length: 20 }, () => attempt()));
    await begun.promise;
    expect(await attempt({ password: goodPassword })).toBe('authorized');
    fixture.hasher.whileHashing = undefined;
    goOn.resolve();
    expect((await guessed).filter((answer) => answer === 'invalid-credentials')).toHaveLength(10);
  });
});

describe('an account from all callers', () => {
  it('has a hundred failures answered, save to who lately succeeded', async () => {
    const mine = { from: '203.0.113.9', password: goodPassword };
    expect(await attempt(mine)).toBe('authorized');
    for (let caller = 0; caller < 10; caller++) {
      expect(await attempts(10, { from: `192.0.2.${caller}` })).toEqual(guesses(10));
    }
    expect(await attempt({ from: '192.0.2.200' })).toBe(30);
    expect(await attempt(mine)).toBe('authorized');
  });
});

describe('bad keys', () => {
  it('from one address have a hundred answered; the rest is refused, and good keys go on', async () => {
    const bad = { apiKey: 'not-a-key', from: `198.51.100.${serial}` };
    const answers = await Promise.all(Array.from({ length: 120 }, () => attempt(bad)));
    expect(answers.filter((answer) => answer === 'invalid-key')).toHaveLength(100);
    expect(answers.filter((answer) => answer === 30)).toHaveLength(20);
    expect(await attempt({ from: bad.from, password: goodPassword })).toBe('authorized');
  });

  it('do not count against the account that they name', async () => {
    await attempts(15, { apiKey: 'not-a-key', from: `198.51.101.${serial}` });
    expect(await attempts(10, { from: `198.51.101.${serial}` })).toEqual(guesses(10));
  });
});

describe('refusals in the log', () => {
  const throttled = async () => (await fixture.signIns(uid)).filter(({ type }) => type === 'signin.throttled');

  it('are one event for the first of a wait and one for all the others when it is over', async () => {
    await attempts(10);
    await attempts(25);
    expect(await throttled()).toMatchObject([{ data: { count: 1, limit: 'caller', appId: app.appId } }]);
    fixture.clock.advance(30_000);
    await attempt();
    await expect.poll(throttled).toMatchObject([{ data: { count: 1 } }, { data: { count: 24, limit: 'caller' } }]);
  });

  it('are not lost when the service ends in the middle of a wait', async () => {
    await attempts(10);
    await attempts(5);
    fixture = await fixture.restart();
    expect(await throttled()).toMatchObject([{ data: { count: 1 } }, { data: { count: 4 } }]);
  });
});

describe('after a restart', () => {
  it('the limits go on from the end of the sign-in stream, for known and unknown names and for bad keys', async () => {
    const unknown = { username: `nobody${serial}`, from: '192.0.2.77' };
    const bad = { apiKey: 'not-a-key', from: '192.0.2.78' };
    await attempts(10);
    await attempts(10, unknown);
    await Promise.all(Array.from({ length: 100 }, () => attempt(bad)));
    fixture = await fixture.restart();
    expect([await attempt(), await attempt(unknown), await attempt(bad)]).toEqual([30, 30, 30]);
    fixture = await fixture.restart();
    expect([await attempt(), await attempt(unknown), await attempt(bad)]).toEqual([30, 30, 30]);
  });

  it('a disabled administrator’s right password counts like a wrong one at the token', async () => {
    await fixture.append(streams.user('main', uid), { type: 'user.deactivated', data: { generation: 2 } });
    const signIn = () =>
      fixture.service.authenticate({ username: name, password: goodPassword, purpose: 'token' }, requestContext());
    for (let index = 0; index < 10; index++) expect(codeOf(await signIn())).toBe('signin.refused');
    expect(codeOf(await signIn())).toBe('request.too-many-attempts');
  });
});

describe('switched off', () => {
  it('nothing is refused', async () => {
    const own = await openFixture({ env: { RATE_LIMIT: 'off' } });
    const request = { username: 'nobody', password: 'a guess', purpose: 'token' } as const;
    const replies = await Promise.all(
      Array.from({ length: 30 }, () => own.service.authenticate(request, requestContext())),
    );
    expect(new Set(replies.map(codeOf))).toEqual(new Set(['signin.refused']));
    await own.remove();
  });
});

// The last: nobody’s token outlives the day.
describe('after a restart on the next day', () => {
  it('what somebody failed who was exempt then counts against nobody else, though the success is a day old by now', async () => {
    const minute = 60_000;
    expect(await attempt({ from: '203.0.113.9', password: goodPassword })).toBe('authorized');
    fixture.clock.advance(24 * 60 * minute - 5 * minute);
    expect(await attempts(10, { from: '203.0.113.9' })).toEqual(guesses(10));
    fixture.clock.advance(6 * minute);
    fixture = await fixture.restart();
    for (let caller = 0; caller < 10; caller++) {
      expect(await attempts(10, { from: `192.0.2.${caller}` })).toEqual(guesses(10));
    }
    expect(await attempt({ from: '192.0.2.200' })).toBe(30);
  });
});
