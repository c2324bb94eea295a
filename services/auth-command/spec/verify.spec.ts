import { randomUUID } from 'node:crypto';
import { streams } from '@evident/domain';
import { requestContext } from '@evident/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { appOn, codeOf, type Fixture, goodPassword, openFixture, registerOn, valueIn } from './fixture.ts';

let fixture: Fixture;
let app: Awaited<ReturnType<typeof appOn>>;
let serial = 0;

// The limits have their own spec; here a few users are guessed at more often than they allow.
beforeAll(async () => {
  fixture = await openFixture({ env: { RATE_LIMIT: 'off' } });
  app = await appOn(fixture);
});
afterAll(() => fixture.remove());

interface Person {
  readonly known: boolean;
  readonly active: boolean;
  readonly assigned: boolean;
  readonly admin: boolean;
}

async function personAs({ known, active, assigned, admin }: Person): Promise<{ username: string; uid?: string }> {
  serial += 1;
  if (!known) return { username: `nobody${serial}` };
  const { uid, username } = await registerOn(fixture, `person${serial}`);
  const stream = streams.user('main', uid);
  const data = { appId: app.appId, appNumber: 7, userNumber: 1 };
  if (assigned) await fixture.append(stream, { type: 'user.app-assigned', data });
  if (admin) await fixture.append(stream, { type: 'user.admin-granted', data: {} });
  if (!active) await fixture.append(stream, { type: 'user.deactivated', data: { generation: 2 } });
  return { username, uid };
}

const keys: Record<string, () => Promise<string>> = {
  good: async () => app.apiKey,
  unknown: async () => (await appOn(fixture)).apiKey.replace(/.{20}$/, 'A'.repeat(20)),
  'without form': async () => 'not-a-key',
  revoked: () => brokenApp((one) => ({ type: 'app.key-revoked', data: { keyId: one.keyId, effectiveAt: 1 } })),
  'of a disabled app': () => brokenApp(() => ({ type: 'app.deactivated', data: {} })),
  'of a removed app': () => brokenApp(() => ({ type: 'app.removed', data: {} })),
};

async function brokenApp(how: (one: typeof app) => { type: string; data: unknown }): Promise<string> {
  const one = await appOn(fixture);
  await fixture.append(streams.app('main', one.appId), how(one));
  return one.apiKey;
}

const verify = (username: string, password = goodPassword, apiKey = app.apiKey) =>
  fixture.service.verifyCredentials({ username, password, apiKey }, requestContext());

/** The table of api/asf.md, first reason first. */
function expected(key: string, person: Person, password: 'right' | 'wrong'): string {
  if (key !== 'good') return 'invalid-key';
  if (!person.known || password === 'wrong') return 'invalid-credentials';
  if (!person.active) return 'inactive';
  return person.assigned ? 'authorized' : 'not-assigned';
}

const flags = [true, false];
const persons: Person[] = [
  { known: false, active: false, assigned: false, admin: false },
  ...flags.flatMap((active) =>
    flags.flatMap((assigned) => flags.map((admin) => ({ known: true, active, assigned, admin }))),
  ),
];

describe.each(Object.keys(keys))('a key that is %s', (key) => {
  it.each(persons)('is answered as the table says for $known $active $assigned $admin', async (person) => {
    const apiKey = (await keys[key]?.()) ?? '';
    const { username } = await personAs(person);
    for (const password of ['wrong', 'right'] as const) {
      const value = valueIn(await verify(username, password === 'right' ? goodPassword : 'something else', apiKey));
      expect(value.authorized ? 'authorized' : value.refusal).toBe(expected(key, person, password));
      expect('user' in value).toBe(value.authorized);
    }
  });
});

describe('unknown user, wrong password, and disabled user with a wrong password', () => {
  it('are the same bytes and the same work', async () => {
    const known = { known: true, active: true, assigned: true, admin: false };
    const names = [
      `nobody-${randomUUID()}`,
      (await personAs(known)).username,
      (await personAs({ ...known, active: false })).username,
      (await personAs({ ...known, assigned: false, admin: true })).username,
    ];
    const seen = new Set<string>();
    for (const name of names) {
      const [asked, computed] = [fixture.rows.asked.length, fixture.hasher.computed];
      const reply = await verify(name, 'wrong password');
      const work = { asked: fixture.rows.asked.length - asked, computed: fixture.hasher.computed - computed };
      seen.add(JSON.stringify({ value: valueIn(reply), work }));
    }
    expect([...seen]).toEqual([
      '{"value":{"authorized":false,"refusal":"invalid-credentials"},"work":{"asked":1,"computed":1}}',
    ]);
  });

  it('also for a password that nobody can have, and for a removed user with the right one', async () => {
    const { username, uid = '' } = await personAs({ known: true, active: true, assigned: true, admin: false });
    await fixture.append(streams.user('main', uid), { type: 'user.removed', data: { generation: 2, wasActive: true } });
    for (const password of [goodPassword, 'with a \u0007 bell']) {
      const computed = fixture.hasher.computed;
      expect(valueIn(await verify(username, password))).toEqual({ authorized: false, refusal: 'invalid-credentials' });
      expect(fixture.hasher.computed - computed).toBe(1);
    }
  });
});

describe('a bad key', () => {
  it('is refused before anything about the user is asked or computed', async () => {
    const [asked, computed] = [fixture.rows.asked.length, fixture.hasher.computed];
    await verify('anybody', goodPassword, 'not-a-key');
    expect([fixture.rows.asked.length, fixture.hasher.computed]).toEqual([asked, computed]);
  });

  it('leaves an event that names neither user nor account', async () => {
    const { username, uid } = await personAs({ known: true, active: true, assigned: true, admin: false });
    await verify(username, goodPassword, (await keys.revoked?.()) ?? '');
    const last = (await fixture.signIns(undefined)).at(-1);
    expect(last).toMatchObject({ type: 'signin.failed', data: { reason: 'unknown-key', userId: null, account: null } });
    expect(await fixture.signIns(uid)).toEqual([]);
  });
});

describe('a good name, password and key', () => {
  const good = { known: true, active: true, assigned: true, admin: false };

  it('are authorized with the user as printed', async () => {
    const { uid, username } = await personAs(good);
    expect(valueIn(await verify(username))).toMatchObject({
      authorized: true,
      user: { uid, username, email: `${username}@example.com`, isActive: true, isAdmin: false },
    });
  });

  it('count in every spelling of the name, and with the address', async () => {
    const { username } = await personAs(good);
    const spellings = [username.toUpperCase(), username.replace('p', 'ｐ'), `${username}@EXAMPLE.com`];
    for (const spelling of spellings) expect(valueIn(await verify(spelling)).authorized).toBe(true);
  });

  it('leave one durable event that names user, app, actor and the ends that were judged', async () => {
    const { uid = '', username } = await personAs(good);
    const reply = await verify(username);
    const [event, ...more] = await fixture.read(streams.signIn('main', uid));
    expect(more).toEqual([]);
    expect(event).toMatchObject({
      type: 'signin.succeeded',
      data: { purpose: 'verify', userId: uid, appId: app.appId, ticketHash: null, judged: { app: 1, reservation: 0 } },
      stored: { metadata: { actor: `app:${app.appId}`, onBehalfOf: `user:${uid}` } },
    });
    expect(reply.ok && reply.position).toBe(event?.stored.position);
    expect(JSON.stringify(event?.stored)).not.toContain('192.0.2.7');
    expect(await event?.client()).toEqual({ ip: '192.0.2.7', userAgent: 'spec' });
  });

  it('record the person’s own address and agent where the app tells them', async () => {
    const { uid = '', username } = await personAs(good);
    const told = { clientIp: '2001:db8::7', userAgent: 'phone' };
    await fixture.service.verifyCredentials(
      { username, password: goodPassword, apiKey: app.apiKey, ...told },
      requestContext(),
    );
    const [event] = await fixture.read(streams.signIn('main', uid));
    expect(await event?.client()).toEqual({ ip: '2001:db8::7', userAgent: 'phone' });
  });
});

describe('a request', () => {
  it.each([
    ['a NUL', { username: 'a\0b' }],
    ['a lone surrogate', { password: 'abc\ud800defgh' }],
    ['a client address that is none', { clientIp: 'somewhere' }],
  ])('with %s is invalid', async (_what, wrong) => {
    const request = { username: 'jdoe', password: goodPassword, apiKey: app.apiKey, ...wrong };
    expect(codeOf(await fixture.service.verifyCredentials(request, requestContext()))).toBe('request.invalid');
  });
});
