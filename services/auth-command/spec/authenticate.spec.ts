import { ticketHash } from '@evident/crypto';
import { streams } from '@evident/domain';
import { requestContext } from '@evident/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codeOf, type Fixture, goodPassword, openFixture, registerOn, valueIn } from './fixture.ts';

let fixture: Fixture;
let serial = 0;

beforeAll(async () => {
  fixture = await openFixture({ env: { RATE_LIMIT: 'off', ALLOWED_AUDIENCES: 'shop' } });
});
afterAll(() => fixture.remove());

async function person(changes: { admin?: boolean; active?: boolean; removed?: boolean } = {}) {
  const user = await registerOn(fixture, `person${++serial}`);
  const stream = streams.user('main', user.uid);
  if (changes.admin) await fixture.append(stream, { type: 'user.admin-granted', data: {} });
  if (changes.active === false) await fixture.append(stream, { type: 'user.deactivated', data: { generation: 2 } });
  if (changes.removed)
    await fixture.append(stream, { type: 'user.removed', data: { generation: 3, wasActive: false } });
  return user;
}

const signIn = (username: string, more: { password?: string; purpose?: 'token' | 'session'; audience?: string } = {}) =>
  fixture.service.authenticate({ username, password: goodPassword, purpose: 'token', ...more }, requestContext());

describe('an administrator with the right password', () => {
  it('gets evidence whose ticket only its event vouches for', async () => {
    const { uid, username } = await person({ admin: true });
    const { userId, evidence } = valueIn(await signIn(username));
    expect(userId).toBe(uid);
    expect(evidence).toMatchObject({ stream: streams.signIn('main', uid), revision: 0 });
    const [event] = await fixture.signIns(uid);
    expect(event).toMatchObject({
      type: 'signin.succeeded',
      data: { purpose: 'token', userId: uid, audience: null, generation: 1, ticketHash: ticketHash(evidence.ticket) },
    });
    const stored = JSON.stringify(await fixture.temporary.log.store.readStream(evidence.stream));
    expect(stored).not.toContain(evidence.ticket);
  });

  it('gets the same evidence for the same command, and other evidence for another', async () => {
    const { uid, username } = await person({ admin: true });
    const context = requestContext();
    const request = { username, password: goodPassword, purpose: 'token' } as const;
    const first = valueIn(await fixture.service.authenticate(request, context));
    expect(valueIn(await fixture.service.authenticate(request, context))).toEqual(first);
    expect(await fixture.signIns(uid)).toHaveLength(1);
    expect(valueIn(await fixture.service.authenticate(request, requestContext())).evidence.ticket).not.toBe(
      first.evidence.ticket,
    );
  });

  it('gets it with the address too, and the actor is the system on behalf of the user', async () => {
    const { uid, email } = await person({ admin: true });
    valueIn(await signIn(email));
    const [event] = await fixture.read(streams.signIn('main', uid));
    expect(event?.stored.metadata).toMatchObject({ actor: 'system', onBehalfOf: `user:${uid}` });
  });
});

describe('refused alike, with the same work', () => {
  it('are unknown, wrong, disabled with either password, and removed', async () => {
    const disabled = (await person({ admin: true, active: false })).username;
    const attempts: [string, string][] = [
      ['nobody-at-all', goodPassword],
      [(await person({ admin: true })).username, 'a wrong one'],
      [disabled, 'a wrong one'],
      [disabled, goodPassword],
      [disabled, goodPassword],
      [(await person({ admin: true, removed: true })).username, goodPassword],
    ];
    for (const [username, password] of attempts) {
      const computed = fixture.hasher.computed;
      const reply = await signIn(username, { password });
      expect(reply).toEqual({ ok: false, error: { code: 'signin.refused', position: expect.any(String) } });
      expect(fixture.hasher.computed - computed).toBe(1);
    }
    const reasons = (await fixture.signIns(undefined)).map(({ data }) => 'reason' in data && data.reason);
    expect(reasons).toEqual(['unknown-user', 'unknown-user']);
  });
});

describe('who is no administrator', () => {
  it('is told so by the token after the right password only, and it is recorded', async () => {
    const { uid, username } = await person();
    expect(codeOf(await signIn(username, { password: 'a wrong one' }))).toBe('signin.refused');
    expect(codeOf(await signIn(username))).toBe('signin.not-administrator');
    const reasons = (await fixture.signIns(uid)).map(({ data }) => 'reason' in data && data.reason);
    expect(reasons).toEqual(['wrong-password', 'not-administrator']);
  });

  it('gets a session', async () => {
    const { uid, username } = await person();
    valueIn(await signIn(username, { purpose: 'session', audience: 'shop' }));
    expect((await fixture.signIns(uid))[0]).toMatchObject({ data: { purpose: 'session', audience: 'shop' } });
  });

  it('is not let in for an audience that is not allowed, and is told that it is the audience', async () => {
    const { username } = await person();
    expect(await signIn(username, { purpose: 'session', audience: 'elsewhere' })).toMatchObject({
      error: {
        code: 'request.invalid',
        details: { field: 'audience', reason: expect.stringContaining('ALLOWED_AUDIENCES') },
      },
    });
  });
});
