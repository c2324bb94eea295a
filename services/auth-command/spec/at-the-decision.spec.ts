import { streams } from '@evident/domain';
import { EventStoreFault } from '@evident/event-store';
import { requestContext, silentLogger } from '@evident/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createAuthCommand } from '../src/index.ts';
import { administratorOnLog } from './caller-on-log.ts';
import { appOn, codeOf, type Fixture, goodPassword, openFixture, registerOn, valueIn } from './fixture.ts';
import { createGatedHasher } from './gated-hasher.ts';

let fixture: Fixture;
let app: Awaited<ReturnType<typeof appOn>>;
let user: { uid: string; username: string; number: number };

beforeAll(async () => {
  fixture = await openFixture();
});
afterAll(() => fixture.remove());

let serial = 0;
beforeEach(async () => {
  Object.assign(fixture.rows, { mode: 'live' });
  Object.assign(fixture.hasher, { whileHashing: undefined, overloaded: false });
  fixture.appends.before = undefined;
  app = await appOn(fixture);
  user = await registerOn(fixture, `person${++serial}`);
  const data = { appId: app.appId, appNumber: 7, userNumber: 1 };
  await fixture.append(streams.user('main', user.uid), { type: 'user.app-assigned', data });
});

const verify = async (password = goodPassword) => {
  const value = valueIn(
    await fixture.service.verifyCredentials(
      { username: user.username, password, apiKey: app.apiKey },
      requestContext(),
    ),
  );
  return value.authorized ? 'authorized' : value.refusal;
};

const onUser = (type: string, data: object) => fixture.append(streams.user('main', user.uid), { type, data });
const changes: Record<string, [change: () => Promise<void>, answer: string]> = {
  'the user is disabled': [() => onUser('user.deactivated', { generation: 2 }), 'inactive'],
  'the user is removed': [() => onUser('user.removed', { generation: 2, wasActive: true }), 'invalid-credentials'],
  'the user is unassigned': [() => onUser('user.app-unassigned', { appId: app.appId, appNumber: 7 }), 'not-assigned'],
  'the key is revoked': [() => onApp('app.key-revoked', { keyId: app.keyId, effectiveAt: 1 }), 'invalid-key'],
  'the app is disabled': [() => onApp('app.deactivated', {}), 'invalid-key'],
};
const onApp = (type: string, data: object) => fixture.append(streams.app('main', app.appId), { type, data });

describe.each(Object.keys(changes))('where %s', (what) => {
  const change = () => changes[what]?.[0]() ?? Promise.reject(new Error(what));
  const answer = changes[what]?.[1];

  it('while the hash is computed, the decision honours it', async () => {
    fixture.hasher.whileHashing = async () => {
      fixture.hasher.whileHashing = undefined;
      await change();
    };
    expect(await verify()).toBe(answer);
  });

  it('while the projector is stopped, the next decision honours it', async () => {
    expect(await verify()).toBe('authorized');
    fixture.rows.mode = 'stopped';
    await change();
    expect(await verify()).toBe(answer);
  });

  it('after the password was remembered, the next decision honours it', async () => {
    expect(await verify()).toBe('authorized');
    const computed = fixture.hasher.computed;
    expect(await verify()).toBe('authorized');
    expect(fixture.hasher.computed).toBe(computed);
    await change();
    expect(await verify()).toBe(answer);
  });
});

describe('a password', () => {
  const set = async (password: string) =>
    valueIn(await fixture.service.changeUser({ id: user.number, password }, fixture.asAdmin()));

  it('that was changed while the old one was hashed is compared with the new hash', async () => {
    fixture.hasher.whileHashing = async () => {
      fixture.hasher.whileHashing = undefined;
      await set('another horse altogether');
    };
    expect(await verify()).toBe('invalid-credentials');
  });

  it('that was changed while the new one was hashed against the old hash is right', async () => {
    fixture.hasher.whileHashing = async () => {
      fixture.hasher.whileHashing = undefined;
      await set('another horse altogether');
    };
    expect(await verify('another horse altogether')).toBe('authorized');
  });

  it('counts though the rows still have the old hash, or none', async () => {
    await verify();
    fixture.rows.mode = 'stopped';
    await set('another horse altogether');
    expect(await verify('another horse altogether')).toBe('authorized');
    expect(await verify()).toBe('invalid-credentials');
    const { uid, username } = await registerOn(fixture, `newcomer${serial}`);
    await fixture.append(streams.user('main', uid), {
      type: 'user.app-assigned',
      data: { appId: app.appId, appNumber: 7, userNumber: 2 },
    });
    const request = { username, password: goodPassword, apiKey: app.apiKey };
    expect(valueIn(await fixture.service.verifyCredentials(request, requestContext())).authorized).toBe(true);
  });

  it('that is changed again and again is given up with nothing recorded', async () => {
    let round = 0;
    let inside = false;
    fixture.hasher.whileHashing = async () => {
      if (inside) return;
      inside = true;
      await set(`another horse number ${++round}`);
      inside = false;
    };
    const request = { username: user.username, password: goodPassword, apiKey: app.apiKey };
    expect(codeOf(await fixture.service.verifyCredentials(request, requestContext()))).toBe('write.contended');
    expect(await fixture.signIns(user.uid)).toEqual([]);
  });

  it('remembered for a user who was then removed costs what a wrong one does', async () => {
    expect(await verify()).toBe('authorized');
    fixture.rows.mode = 'stopped';
    await onUser('user.removed', { generation: 2, wasActive: true });
    const computed = fixture.hasher.computed;
    expect(await verify()).toBe('invalid-credentials');
    expect(fixture.hasher.computed).toBe(computed + 1);
  });

  it('is remembered by nobody where that is configured off', async () => {
    const hasher = createGatedHasher();
    const service = await createAuthCommand({
      ...fixture.temporary,
      config: { ...fixture.temporary.config, verifyMemo: false },
      ...{ client: fixture.rows, logger: silentLogger, now: fixture.clock, hasher },
    });
    const request = { username: user.username, password: goodPassword, apiKey: app.apiKey };
    for (let time = 1; time <= 3; time++) {
      expect(valueIn(await service.verifyCredentials(request, requestContext())).authorized).toBe(true);
      expect(hasher.computed).toBe(time);
    }
    await service.close();
  });

  it('is hashed anew at the next right one where the cost has changed', async () => {
    const before = (await fixture.temporary.log.states.user.load(streams.user('main', user.uid))).state;
    const service = await createAuthCommand({
      ...fixture.temporary,
      client: fixture.rows,
      logger: silentLogger,
      now: fixture.clock,
      hasher: createGatedHasher({ memoryKib: 128, passes: 1, lanes: 1 }),
    });
    const request = { username: user.username, password: goodPassword, apiKey: app.apiKey };
    expect(valueIn(await service.verifyCredentials(request, requestContext())).authorized).toBe(true);
    await service.close();
    const after = (await fixture.temporary.log.states.user.load(streams.user('main', user.uid))).state;
    expect(after.passwordHash).not.toBe(before.passwordHash);
    expect(after.generation).toBe(before.generation);
  });
});

describe('no judged attempt without its durable event', () => {
  it('where the append fails there is no answer', async () => {
    fixture.appends.before = (stream) => {
      if (stream.startsWith('signin-')) throw new EventStoreFault('unavailable', 'the disk is away');
    };
    for (const password of [goodPassword, 'a wrong one'])
      await expect(verify(password)).rejects.toThrow('disk is away');
    fixture.appends.before = undefined;
    expect(await verify()).toBe('authorized');
  });

  it('every answer of 64 at once has one', async () => {
    const passwords = Array.from({ length: 64 }, (_, index) => (index % 8 === 0 ? 'a wrong one' : goodPassword));
    const answers = await Promise.all(passwords.map((password) => verify(password)));
    const events = await fixture.signIns(user.uid);
    expect(events.filter(({ type }) => type === 'signin.succeeded')).toHaveLength(
      answers.filter((answer) => answer === 'authorized').length,
    );
    expect(events).toHaveLength(64);
  });

  it('a command id that is used again for other guesses leaves an event for each', async () => {
    const context = requestContext();
    for (const password of ['guess one', 'guess two', 'guess two']) {
      await fixture.service.verifyCredentials({ username: user.username, password, apiKey: app.apiKey }, context);
    }
    expect(await fixture.signIns(user.uid)).toHaveLength(2);
  });
});

describe('what is not judged', () => {
  it('is an attempt while identity-projection is away', async () => {
    fixture.rows.mode = 'away';
    const request = { username: user.username, password: goodPassword, apiKey: app.apiKey };
    expect(codeOf(await fixture.service.verifyCredentials(request, requestContext()))).toBe('service.unavailable');
    expect(await fixture.signIns(user.uid)).toEqual([]);
  });

  it('is an attempt while hashing is overloaded, and it counts against nobody', async () => {
    fixture.hasher.overloaded = true;
    const request = { username: user.username, password: 'a wrong one', apiKey: app.apiKey };
    for (let attempt = 0; attempt < 12; attempt++) {
      const reply = await fixture.service.verifyCredentials(request, requestContext());
      expect(reply).toMatchObject({ ok: false, error: { code: 'load.shed', retryAfterSeconds: 3 } });
    }
    expect(await fixture.signIns(user.uid)).toEqual([]);
    fixture.hasher.overloaded = false;
    expect(await verify()).toBe('authorized');
  });
});

describe('a demotion', () => {
  it('made while a password is hashed refuses the registration that it was for', async () => {
    const other = await administratorOnLog(fixture.temporary);
    fixture.hasher.whileHashing = () =>
      fixture.append(streams.user('main', other.userId), { type: 'user.admin-revoked', data: { generation: 2 } });
    const reply = await fixture.service.registerUser(
      { username: 'late', email: 'late@example.com', password: goodPassword, isAdmin: false },
      requestContext({ credential: other.token }),
    );
    expect(codeOf(reply)).toBe('caller.bad-credential');
    const all = await fixture.temporary.log.store.readAll(undefined, 1_000);
    expect('outcome' in all || all.some(({ metadata }) => metadata.actor === `user:${other.userId}`)).toBe(false);
  });
});
