import { randomUUID } from 'node:crypto';
import { MachinesOnLog } from '@evident/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { claimsOf, IssuerOnLog } from './issuer.fixture.ts';

let on: IssuerOnLog;
beforeEach(async () => {
  on = await new IssuerOnLog().open();
});
afterEach(() => on.remove());

const codeOf = (reply: { ok: true } | { ok: false; error: { code: string } }) => (reply.ok ? 'ok' : reply.error.code);
const stillCounts = async (token: string) => (await on.issuer.verifyToken({ token }, on.context())).ok;
const ended = ['session.opened', 'session.revoked'];

/** A session of another user. */
const strangerSession = async () => {
  const userId = randomUUID();
  await on.registerUser(userId);
  return on.session({}, { userId });
};

describe('logging out', () => {
  it('ends the session of the access token, and no other', async () => {
    const [session, other] = [await on.session(), await on.session()];
    const reply = await on.issuer.logOut({}, on.context({ credential: session.accessToken }));
    expect(reply).toMatchObject({ ok: true, value: { sessionId: session.sessionId, userId: on.userId } });
    expect(await on.happenedTo(session.sessionId)).toEqual(ended);
    expect(await stillCounts(session.accessToken)).toBe(false);
    expect(await stillCounts(session.refreshToken ?? '')).toBe(false);
    expect(await stillCounts(other.accessToken)).toBe(true);
  });

  it('takes the refresh token where there is no access token that counts', async () => {
    for (const credential of [undefined, 'expired']) {
      const { refreshToken, sessionId } = await on.session();
      const context = on.context(credential === undefined ? {} : { credential });
      const reply = await on.issuer.logOut({ refreshToken: refreshToken ?? '' }, context);
      expect(codeOf(reply)).toBe('ok');
      expect(await on.happenedTo(sessionId)).toEqual(ended);
    }
  });

  it('is refused without a credential, and with one that has ended', async () => {
    const { accessToken, refreshToken } = await on.session();
    const context = () => on.context({ credential: accessToken });
    expect(codeOf(await on.issuer.logOut({}, on.context()))).toBe('caller.not-authenticated');
    expect(codeOf(await on.issuer.logOut({}, context()))).toBe('ok');
    expect(codeOf(await on.issuer.logOut({}, context()))).toBe('caller.bad-credential');
    expect(codeOf(await on.issuer.logOut({ refreshToken: refreshToken ?? '' }, on.context()))).toBe(
      'caller.bad-credential',
    );
  });
});

it('logging out needs a session, which a key has not', async () => {
  const holder = { kind: 'user', id: on.userId } as const;
  const { key: credential } = await new MachinesOnLog(on.temporary.log, on.clock).addKey(holder);
  expect(await on.issuer.logOut({}, on.context({ credential }))).toMatchObject({
    error: { code: 'caller.not-permitted', details: { reason: expect.stringContaining('sign-in') } },
  });
});

describe('revoking a session', () => {
  const revoke = async (sessionId: string, credential: string) =>
    codeOf(await on.issuer.revokeSession({ sessionId }, on.context({ credential })));

  it('needs nothing where it is one’s own, and may be said twice', async () => {
    const [session, other] = [await on.session(), await on.session()];
    expect(await revoke(other.sessionId, session.accessToken)).toBe('ok');
    expect(await revoke(other.sessionId, session.accessToken)).toBe('ok');
    expect(await on.happenedTo(other.sessionId)).toEqual(ended);
    expect(await stillCounts(session.accessToken)).toBe(true);
  });

  it('of a stranger is like one that there never was', async () => {
    const session = await on.session();
    const theirs = await strangerSession();
    expect(await revoke(theirs.sessionId, session.accessToken)).toBe('session.unknown');
    expect(await revoke(randomUUID(), session.accessToken)).toBe('session.unknown');
    expect(await stillCounts(theirs.accessToken)).toBe(true);
  });

  it('of anybody is done with the scope for it', async () => {
    const theirs = await strangerSession();
    await on.onUser({ type: 'user.admin-granted', data: {} });
    const { accessToken } = await on.session();
    expect(await revoke(theirs.sessionId, accessToken)).toBe('ok');
    expect(await stillCounts(theirs.accessToken)).toBe(false);
  });
});

describe('whether a token counts', () => {
  it('is told with its claims, and asked for by type', async () => {
    const { accessToken, refreshToken } = await on.session();
    const ask = (token: string | null, tokenType?: 'access' | 'refresh') =>
      on.issuer.verifyToken({ token: token ?? '', ...(tokenType === undefined ? {} : { tokenType }) }, on.context());
    expect(await ask(accessToken)).toEqual({ ok: true, value: { claims: claimsOf(accessToken) } });
    expect(await ask(refreshToken, 'refresh')).toEqual({ ok: true, value: { claims: claimsOf(refreshToken) } });
    for (const [token, type] of [
      [accessToken, 'refresh'],
      [refreshToken, 'access'],
      ['usso_sk_none', undefined],
      [`${accessToken}x`, undefined],
    ] as const) {
      expect(codeOf(await ask(token, type))).toBe('caller.bad-credential');
    }
  });

  it('ends for a refresh token that was replaced', async () => {
    const { refreshToken } = await on.session();
    await on.issuer.refreshSession({ refreshToken: refreshToken ?? '' }, on.context());
    expect(await stillCounts(refreshToken ?? '')).toBe(false);
  });
});
