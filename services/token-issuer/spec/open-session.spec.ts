import { randomUUID } from 'node:crypto';
import type { RequestContext, SignInEvidence } from '@evident/contracts';
import { deriveTicket } from '@evident/crypto';
import { createTokenVerifier, type Jwk } from '@evident/crypto/verify';
import { streams } from '@evident/domain';
import { AccessOnLog } from '@evident/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { claimsOf, IssuerOnLog, type SignIn, ticketKey } from './issuer.fixture.ts';

let on: IssuerOnLog;
let userId: string;
beforeEach(async () => {
  on = await new IssuerOnLog().open();
  userId = on.userId;
});
afterEach(() => on.remove());

const signIn = (more: SignIn = {}) => on.signIn({ purpose: 'token', ...more });
const open = (
  evidence: SignInEvidence,
  context: RequestContext = on.context(),
  purpose: 'token' | 'session' = 'token',
) => on.issuer.openSession({ evidence, purpose }, context);

describe('a sign-in becomes a session', () => {
  it('with a token that the published keys verify, for the user and generation of the sign-in', async () => {
    const reply = await open(await signIn());
    const jwks = await on.issuer.getJwks();
    if (!reply.ok || !jwks.ok) throw new Error('refused');
    const keys = jwks.value.keys as unknown as readonly Jwk[];
    const verifier = createTokenVerifier({
      issuer: on.temporary.config.publicUrl,
      clockToleranceSeconds: 5,
      keys: () => keys,
      now: on.clock,
    });
    const verified = await verifier.verify(reply.value.accessToken);
    expect(verified).toMatchObject({
      outcome: 'valid',
      claims: {
        sub: `user:${userId}`,
        aud: 'your-app',
        gen: 1,
        tenant_id: 'main',
        sid: reply.value.sessionId,
        token_type: 'access',
      },
    });
    expect(jwks.value.keys.every((key) => !('d' in key))).toBe(true);
  });

  it('with tokens that say all that clients read in them, and nothing else', async () => {
    const access = new AccessOnLog(on.temporary.log, on.clock);
    const { uid: roleId } = await access.addRole({ name: 'Editor', slug: 'editor', scopes: ['read:wiki'] });
    await on.onUser({ type: 'user.role-granted', data: { roleId } });
    on.clock.advance(999);
    const session = await on.session({}, { audience: 'reports' });
    const { publicUrl, tokens } = on.temporary.config;
    const { sessionId, expiresIn, refreshExpiresIn } = session;
    const iat = Math.floor(on.clock() / 1_000);
    const both = {
      iss: publicUrl,
      sub: `user:${userId}`,
      iat,
      tenant_id: 'main',
      sid: sessionId,
      session_id: sessionId,
    };
    const [ofAccess, ofRefresh] = [claimsOf(session.accessToken), claimsOf(session.refreshToken)];
    expect(ofAccess).toEqual({
      ...both,
      ...{
        aud: 'reports',
        token_type: 'access',
        jti: ofAccess.jti,
        nbf: iat,
        exp: iat + tokens.accessTtlSeconds,
        gen: 1,
      },
      ...{ workspace_id: null, roles: ['editor'], scopes: ['read:wiki'], amr: ['password'], acr: 'usso:acr:1' },
    });
    expect(ofRefresh).toEqual({
      ...both,
      ...{ aud: publicUrl, token_type: 'refresh', jti: ofRefresh.jti, exp: iat + tokens.refreshTtlSeconds },
    });
    expect(ofAccess.jti).not.toBe(ofRefresh.jti);
    expect([expiresIn, refreshExpiresIn]).toEqual([tokens.accessTtlSeconds, tokens.refreshTtlSeconds]);
    expect(session.userId).toBe(userId);
  });

  it('that the log holds with the sign-in it came from, who did it and from where', async () => {
    const evidence = await signIn();
    const { log } = on.temporary;
    const [signedIn] = await log.store.readStreamEnd(evidence.stream, 1);
    const context = on.context({ clientIp: '192.0.2.8', userAgent: 'browser' });
    const reply = await open(evidence, context);
    if (!reply.ok) throw new Error('refused');
    const [opened] = await log.store.readStream(streams.session('main', reply.value.sessionId));
    expect(opened?.metadata).toMatchObject({
      ...{ tenant: 'main', actor: `user:${userId}`, causationId: signedIn?.id },
      ...{ commandId: context.commandId, correlationId: context.correlationId, occurredAt: on.clock() },
    });
    // A session of one access token ends with it.
    const { state } = await log.states.session.load(streams.session('main', reply.value.sessionId));
    const expiresAt = on.clock() + on.temporary.config.tokens.accessTtlSeconds * 1_000;
    expect(state).toMatchObject({ refreshId: null, expiresAt, issued: { accessExpiresAt: expiresAt } });
  });

  it('once: the same command again gets the same session and token claims, another command is refused', async () => {
    const evidence = await signIn();
    const context = on.context();
    const [first, again, other] = [await open(evidence, context), await open(evidence, context), await open(evidence)];
    if (!first.ok || !again.ok) throw new Error('refused');
    expect(again.value.sessionId).toBe(first.value.sessionId);
    expect(claimsOf(again.value.accessToken)).toEqual(claimsOf(first.value.accessToken));
    expect(other).toMatchObject({ ok: false, error: { code: 'session.evidence-refused' } });
  });

  it('also where the clock has gone back, and the log still gives the times of before', async () => {
    on.clock.advance(3_600_000);
    await on.onUser({ type: 'user.admin-granted', data: {} });
    on.clock.advance(-3_600_000);
    expect(await open(await signIn())).toMatchObject({ ok: true });
  });

  it('not for a request of another tenant', async () => {
    const reply = await on.issuer.openSession(
      { evidence: await signIn(), purpose: 'token' },
      on.context({ tenant: 'other' }),
    );
    expect(reply).toMatchObject({ ok: false, error: { code: 'request.invalid' } });
  });

  it('once, also where 16 commands race for it', async () => {
    const evidence = await signIn();
    const replies = await Promise.all(Array.from({ length: 16 }, () => open(evidence)));
    expect(replies.filter((reply) => reply.ok)).toHaveLength(1);
  });
});

describe('evidence is refused', () => {
  const refusals: Record<string, () => Promise<SignInEvidence>> = {
    'with a wrong ticket': async () => ({ ...(await signIn()), ticket: deriveTicket(ticketKey, randomUUID()) }),
    'for an event that is not there': async () => ({ ...(await signIn()), revision: 99 }),
    'for an event that is no sign-in': async () => ({
      ...(await signIn()),
      stream: streams.user('main', userId),
      revision: 0,
    }),
    'of an attempt that failed': async () => {
      const evidence = await signIn();
      const attempt = { purpose: 'token', userId, appId: null, reason: 'wrong-password', at: on.clock() };
      const tallied = { judged: { app: null, reservation: 0, user: 1 }, account: 'k1.account', caller: 'k1.caller' };
      await on.append(evidence.stream, [{ type: 'signin.failed', data: { ...attempt, ...tallied } }]);
      return { ...evidence, revision: evidence.revision + 1 };
    },
    'of a sign-in for verification only': () => signIn({ purpose: 'verify' }),
    'of a sign-in for another purpose': () => signIn({ purpose: 'session' }),
    'of an event that names another user than its stream': () => signIn({ named: randomUUID() }),
    'of another tenant': () => signIn({ stream: streams.signIn('other', userId) }),
    'of a stream of another kind': () => signIn({ stream: streams.session('main', userId) }),
    'of a name that no stream has': async () => ({ ...(await signIn()), stream: 'signin' }),
    'after a minute': async () => {
      const evidence = await signIn();
      on.clock.advance(60_000);
      return evidence;
    },
  };
  for (const [rule, evidence] of Object.entries(refusals)) {
    it(rule, async () => {
      expect(await open(await evidence())).toMatchObject({ ok: false, error: { code: 'session.evidence-refused' } });
    });
  }

  it.each([
    ['less than a minute old', 59_999, true],
    ['a little ahead of the clock here', -4_999, true],
    ['further ahead than clocks may be', -5_000, false],
  ])('or not, as it is %s', async (_age, laterMs, counts) => {
    const evidence = await signIn();
    on.clock.advance(laterMs);
    expect((await open(evidence)).ok).toBe(counts);
  });

  it.each([
    ['disabled', { type: 'user.deactivated', data: { generation: 2 } }],
    ['removed', { type: 'user.removed', data: { generation: 2, wasActive: true } }],
    ['given a new password', { type: 'user.password-changed', data: { passwordHash: 'new', generation: 2 } }],
  ] as const)('where the user was %s since', async (_change, event) => {
    const evidence = await signIn();
    await on.onUser(event);
    expect(await open(evidence)).toMatchObject({ ok: false, error: { code: 'signin.refused' } });
  });
});
