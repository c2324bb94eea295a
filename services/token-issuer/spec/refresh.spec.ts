import type { RefreshTokenClaims } from '@evident/contracts';
import { createTokenSigner, generateSigningKey } from '@evident/crypto';
import { streams } from '@evident/domain';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { claimsOf, IssuerOnLog } from './issuer.fixture.ts';

const parallel = Number(process.env.PARALLEL_REFRESHES ?? 100);
const here = { clientIp: '192.0.2.1', userAgent: 'browser' };

let on: IssuerOnLog;
beforeEach(async () => {
  on = await new IssuerOnLog().open();
});
afterEach(() => on.remove());

const refresh = (refreshToken: string | null, context = {}, issuer = on.issuer) =>
  issuer.refreshSession({ refreshToken: refreshToken ?? '' }, on.context({ ...here, ...context }));

async function refreshed(refreshToken: string | null, context = {}, issuer = on.issuer) {
  const reply = await refresh(refreshToken, context, issuer);
  if (!reply.ok) throw new Error(reply.error.code);
  return reply.value;
}

async function codeOf(refreshToken: string | null, context = {}) {
  const reply = await refresh(refreshToken, context);
  return reply.ok ? 'ok' : reply.error.code;
}

describe('a refresh token', () => {
  it('names its session and the issuer, and is signed with a key of its own that is published', async () => {
    const { refreshToken, accessToken, sessionId, refreshExpiresIn } = await on.session();
    const { publicUrl, tokens } = on.temporary.config;
    expect(claimsOf(refreshToken)).toMatchObject({
      iss: publicUrl,
      aud: publicUrl,
      sub: `user:${on.userId}`,
      sid: sessionId,
      token_type: 'refresh',
      tenant_id: 'main',
    });
    expect(refreshExpiresIn).toBe(tokens.refreshTtlSeconds);
    const jwks = await on.issuer.getJwks();
    const kids = jwks.ok ? jwks.value.keys.map(({ kid }) => kid) : [];
    const kidsUsed = [accessToken, refreshToken].map(
      (token) => JSON.parse(Buffer.from(token?.split('.')[0] ?? '', 'base64url').toString()).kid,
    );
    expect(kidsUsed.toSorted()).toEqual(kids.toSorted());
  });

  it('gets new tokens of the same session, with what the user holds then', async () => {
    const first = await on.session();
    await on.onUser({ type: 'user.admin-granted', data: {} });
    on.clock.advance(60_000);
    const next = await refreshed(first.refreshToken);
    expect(next.sessionId).toBe(first.sessionId);
    expect(claimsOf(next.accessToken)).toMatchObject({
      sid: first.sessionId,
      session_id: first.sessionId,
      gen: 1,
      scopes: ['*:*'],
      iat: Math.floor(on.clock() / 1000),
      exp: Math.floor(on.clock() / 1000) + 3600,
    });
    expect(claimsOf(next.refreshToken).jti).not.toBe(claimsOf(first.refreshToken).jti);
    expect(await on.happenedTo(first.sessionId)).toEqual(['session.opened', 'session.refreshed']);
  });

  it('stays below 4 KiB with its access token, however many scopes the user holds', async () => {
    const scopes = Array.from({ length: 100 }, (_, index) => `read:${'resource'.repeat(10)}/${index}`);
    await on.onUser({ type: 'user.scopes-assigned', data: { scopes } });
    const { accessToken, refreshToken } = await refreshed((await on.session()).refreshToken);
    for (const token of [accessToken, refreshToken ?? '']) expect(token.length).toBeLessThan(4_000);
    const held = claimsOf(accessToken).scopes as string[];
    expect(held).toEqual(scopes.slice(0, held.length));
    expect(held.length).toBeGreaterThan(10);
  });

  it('keeps the audience of the sign-in', async () => {
    const { refreshToken } = await on.session({}, { audience: 'reports' });
    expect(claimsOf((await refreshed(refreshToken)).accessToken).aud).toBe('reports');
  });

  it(`sent ${parallel} times at once has one successor, and all get it`, async () => {
    const { refreshToken, sessionId } = await on.session();
    const replies = await Promise.all(Array.from({ length: parallel }, () => refresh(refreshToken)));
    const successors = replies.map((reply) => (reply.ok ? claimsOf(reply.value.refreshToken).jti : reply.error.code));
    expect(new Set(successors).size).toBe(1);
    expect(replies.every(({ ok }) => ok)).toBe(true);
    expect(await on.happenedTo(sessionId)).toEqual(['session.opened', 'session.refreshed']);
  });

  it('sent at once to two issuers has one successor', async () => {
    const { refreshToken } = await on.session();
    const other = await on.temporary.reopen();
    const issuers = [on.issuer, await on.another(other)];
    const tokens = await Promise.all(
      Array.from({ length: 20 }, (_, index) => refreshed(refreshToken, {}, issuers[index % 2] ?? on.issuer)),
    );
    expect(new Set(tokens.map(({ refreshToken }) => claimsOf(refreshToken).jti)).size).toBe(1);
    expect(new Set(tokens.map(({ accessToken }) => claimsOf(accessToken).jti)).size).toBe(1);
    await other.close();
  });

  it('sent again by the same command, after a restart too, gets tokens with the same claims', async () => {
    const { refreshToken } = await on.session();
    const context = on.context(here);
    const first = await refreshed(refreshToken, context);
    await on.restart();
    on.clock.advance(3_000);
    const again = await refreshed(refreshToken, context);
    expect(claimsOf(again.refreshToken)).toEqual(claimsOf(first.refreshToken));
    expect(claimsOf(again.accessToken)).toEqual(claimsOf(first.accessToken));
  });
});

describe('a refresh token that was replaced', () => {
  const reused = ['session.opened', 'session.refreshed', 'session.reuse-detected', 'session.revoked'];

  it('that waited past its deadline is judged no more: whoever sent it has given it up and gone on', async () => {
    const { sessionId, refreshToken } = await on.session();
    const next = await refreshed(refreshToken);
    await refreshed(next.refreshToken);
    expect(await codeOf(refreshToken, { deadline: on.clock() })).toBe('write.contended');
    expect(await on.happenedTo(sessionId)).toEqual(['session.opened', 'session.refreshed', 'session.refreshed']);
  });

  it('gets its successor inside the window, any number of times', async () => {
    const { refreshToken, sessionId } = await on.session();
    const { jti } = claimsOf((await refreshed(refreshToken)).refreshToken);
    on.clock.advance(9_999);
    for (let round = 0; round < 3; round++) {
      expect(claimsOf((await refreshed(refreshToken)).refreshToken).jti).toBe(jti);
    }
    expect(await on.happenedTo(sessionId)).toHaveLength(2);
  });

  it.each([
    ['after the window', {}, 10_000],
    ['from another address', { clientIp: '192.0.2.2' }, 0],
    ['from another agent', { userAgent: 'curl' }, 0],
  ])('%s ends the session with all its tokens', async (_where, context, laterMs) => {
    const { refreshToken, sessionId } = await on.session();
    const next = await refreshed(refreshToken);
    on.clock.advance(laterMs);
    expect(await codeOf(refreshToken, context)).toBe('session.refresh-reused');
    expect(await on.happenedTo(sessionId)).toEqual(reused);
    expect(await codeOf(next.refreshToken)).toBe('session.refresh-refused');
    const checked = await on.issuer.verifyToken({ token: next.accessToken }, on.context());
    expect(checked).toMatchObject({ ok: false, error: { code: 'caller.bad-credential' } });
  });

  it('gets its successor where it came inside the window and the server was slow', async () => {
    const { refreshToken, sessionId } = await on.session();
    const next = await refreshed(refreshToken);
    on.clock.advance(9_999);
    const { log } = on.temporary;
    const { user } = log.states;
    const load = (stream: string) => {
      on.clock.advance(1_000);
      return user.load(stream);
    };
    const states = { ...log.states, user: Object.assign(Object.create(user), { load }) };
    const slow = await on.another({ ...on.temporary, log: { ...log, states } });
    const again = await refreshed(refreshToken, {}, slow);
    expect(claimsOf(again.refreshToken).jti).toBe(claimsOf(next.refreshToken).jti);
    expect(await on.happenedTo(sessionId)).toHaveLength(2);
  });

  it('answers with where the end of the session stands, in the name of its user', async () => {
    const { refreshToken, sessionId } = await on.session();
    await refreshed(refreshToken);
    on.clock.advance(10_000);
    const reply = await refresh(refreshToken);
    const events = await on.temporary.log.store.readStream(streams.session('main', sessionId));
    expect(reply).toMatchObject({ error: { code: 'session.refresh-reused', position: events.at(-1)?.position } });
    expect(events.slice(1).map(({ metadata }) => metadata.actor)).toEqual(Array(3).fill(`user:${on.userId}`));
  });

  it('ends the session once its successor was used, also inside the window', async () => {
    const { refreshToken, sessionId } = await on.session();
    await refreshed((await refreshed(refreshToken)).refreshToken);
    expect(await codeOf(refreshToken)).toBe('session.refresh-reused');
    expect((await on.happenedTo(sessionId)).slice(-2)).toEqual(reused.slice(-2));
  });

  it('ends no other session of the user', async () => {
    const [stolen, other] = [await on.session(), await on.session()];
    await refreshed(stolen.refreshToken);
    on.clock.advance(10_000);
    await codeOf(stolen.refreshToken);
    expect(await codeOf(other.refreshToken)).toBe('ok');
  });
});

describe('no refresh', () => {
  it('for anything but a refresh token of this issuer', async () => {
    const { accessToken, refreshToken } = await on.session();
    const { privateJwk, kid, alg } = await generateSigningKey('ES256', 'stranger');
    const foreign = await createTokenSigner({ kid, alg, privateJwk }).sign(claimsOf(refreshToken));
    const [head, body] = (refreshToken ?? '').split('.');
    for (const token of [accessToken, foreign, `${head}.${body}.`, `${refreshToken}x`, 'nothing', '']) {
      expect(await codeOf(token)).toBe('session.refresh-refused');
    }
  });

  it('when the session is over, and the refresh puts that off', async () => {
    const { refreshToken } = await on.session();
    const month = 2_592_000_000;
    on.clock.advance(month - 1_000);
    const next = await refreshed(refreshToken);
    on.clock.advance(month - 1_000);
    expect(await codeOf(next.refreshToken)).toBe('ok');
    on.clock.advance(month + 10_000);
    expect(await codeOf(next.refreshToken)).toBe('session.refresh-refused');
  });

  it.each([
    ['disabled', { type: 'user.deactivated', data: { generation: 2 } }],
    ['removed', { type: 'user.removed', data: { generation: 2, wasActive: true } }],
    ['given a new password', { type: 'user.password-changed', data: { passwordHash: 'new', generation: 2 } }],
    ['signed out everywhere', { type: 'user.sessions-ended', data: { generation: 2 } }],
  ])('for a user who was %s', async (_change, event) => {
    const { refreshToken } = await on.session();
    await on.onUser(event);
    expect(await codeOf(refreshToken)).toBe('session.refresh-refused');
  });

  it('for a session of one access token', async () => {
    const evidence = await on.signIn({ purpose: 'token' });
    const reply = await on.issuer.openSession({ evidence, purpose: 'token' }, on.context());
    expect(reply).toMatchObject({ ok: true, value: { refreshToken: null, refreshExpiresIn: null } });
  });
});

describe('as it is configured', () => {
  const configured = async (tokens: ConstructorParameters<typeof IssuerOnLog>[0]) => {
    await on.remove();
    on = await new IssuerOnLog(tokens).open();
  };

  it.each([
    [60, 59_999, 'ok'],
    [60, 60_000, 'session.refresh-reused'],
    [0, 0, 'session.refresh-reused'],
  ])('a window of %i seconds, after %i ms: %s', async (refreshWindowSeconds, laterMs, code) => {
    await configured({ refreshWindowSeconds });
    const { refreshToken } = await on.session();
    await refreshed(refreshToken);
    on.clock.advance(laterMs);
    expect(await codeOf(refreshToken)).toBe(code);
  });

  it('tokens live for so long, and so does a session that nobody refreshes', async () => {
    await configured({ accessTtlSeconds: 120, refreshTtlSeconds: 600 });
    const session = await on.session();
    expect([session.expiresIn, session.refreshExpiresIn]).toEqual([120, 600]);
    for (const [token, seconds] of [
      [session.accessToken, 120],
      [session.refreshToken, 600],
    ] as const) {
      const { iat, exp } = claimsOf(token);
      expect(Number(exp) - Number(iat)).toBe(seconds);
    }
    const counts = async () => (await on.issuer.verifyToken({ token: session.accessToken }, on.context())).ok;
    on.clock.advance(119_000);
    expect(await counts()).toBe(true);
    on.clock.advance(7_000);
    expect(await counts()).toBe(false);
    on.clock.advance(474_000);
    expect(await codeOf(session.refreshToken)).toBe('session.refresh-refused');
  });
});

describe('with REFRESH_ROTATION=off', () => {
  beforeEach(async () => {
    await on.remove();
    on = await new IssuerOnLog({ refreshRotation: false }).open();
  });

  it('the same token serves again and again, for a fresh access token each time', async () => {
    const { refreshToken, sessionId } = await on.session();
    const ids = new Set<unknown>();
    for (let round = 0; round < 3; round++) {
      on.clock.advance(60_000);
      const next = await refreshed(refreshToken, { userAgent: `agent ${round}` });
      const claims = claimsOf(next.refreshToken) as unknown as RefreshTokenClaims;
      expect(claims).toMatchObject({ jti: claimsOf(refreshToken).jti, exp: claimsOf(refreshToken).exp });
      ids.add(claimsOf(next.accessToken).jti);
    }
    expect(ids.size).toBe(3);
    expect(await on.happenedTo(sessionId)).toHaveLength(4);
  });

  it('whoever asks at once is answered at once', async () => {
    const { refreshToken } = await on.session();
    const replies = await Promise.all(Array.from({ length: parallel }, () => refresh(refreshToken)));
    expect(replies.every(({ ok }) => ok)).toBe(true);
  });
});
