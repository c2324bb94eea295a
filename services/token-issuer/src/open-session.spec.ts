import { createSecretKey, randomBytes, randomUUID } from 'node:crypto';
import type { SignInEvidence } from '@evident/contracts';
import { deriveTicket, ticketHash } from '@evident/crypto';
import { createTokenVerifier, type Jwk } from '@evident/crypto/verify';
import { type SignInPurpose, streams, type UserEvent } from '@evident/domain';
import { eventId } from '@evident/event-store';
import { manualClock, openTemporaryLog, requestContext, silentLogger, type TemporaryLog } from '@evident/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTokenIssuer, type TokenIssuer } from './index.ts';

let temporary: TemporaryLog;
let issuer: TokenIssuer;
let userId: string;
const clock = manualClock();
const ticketKey = createSecretKey(randomBytes(32));

beforeEach(async () => {
  temporary = await openTemporaryLog({ now: clock });
  issuer = await createTokenIssuer({ ...temporary, logger: silentLogger });
  userId = randomUUID();
  await append(streams.user('main', userId), [
    { type: 'user.registered', data: { number: 1 } },
    { type: 'user.password-changed', data: { passwordHash: 'sealed', generation: 1 } },
  ] satisfies UserEvent[]);
});
afterEach(() => temporary.remove());

async function append(stream: string, events: readonly { type: string; data: unknown }[]) {
  const { log } = temporary;
  const commandId = randomUUID();
  const metadata = { tenant: 'main', actor: 'system', commandId, correlationId: commandId, occurredAt: clock() };
  const named = events.map((event, index) => ({ ...event, id: eventId(commandId, stream, 'spec', index) }));
  return log.store.append(stream, await log.codec.encode(named, { stream, metadata }), 'any');
}

interface SignIn {
  readonly purpose?: SignInPurpose;
  readonly generation?: number;
  readonly userId?: string;
  readonly type?: string;
}

/** What auth-command does when a password was right. */
async function signIn({
  purpose = 'token',
  generation = 1,
  userId: subject = userId,
}: SignIn = {}): Promise<SignInEvidence> {
  const ticket = deriveTicket(ticketKey, randomUUID());
  const stream = streams.signIn('main', userId);
  const judged = { app: null, reservation: 0, user: 1 };
  const data = {
    purpose,
    userId: subject,
    appId: null,
    audience: null,
    generation,
    ticketHash: purpose === 'verify' ? null : ticketHash(ticket),
    judged,
    account: 'k1.account',
    caller: 'k1.caller',
    at: clock(),
  };
  const appended = await append(stream, [{ type: 'signin.succeeded', data }]);
  if (appended.outcome !== 'appended') throw new Error('no sign-in');
  return { stream, revision: appended.revision, ticket };
}

const open = (evidence: SignInEvidence, context = requestContext(), purpose: 'token' | 'session' = 'token') =>
  issuer.openSession({ evidence, purpose }, context);

describe('a sign-in becomes a session', () => {
  it('with a token that the published keys verify, for the user and generation of the sign-in', async () => {
    const reply = await open(await signIn());
    const jwks = await issuer.getJwks();
    if (!reply.ok || !jwks.ok) throw new Error('refused');
    const keys = jwks.value.keys as unknown as readonly Jwk[];
    const verifier = createTokenVerifier({
      issuer: temporary.config.publicUrl,
      clockToleranceSeconds: 5,
      keys: () => keys,
      now: clock,
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

  it('once: the same command again gets the same session and token claims, another command is refused', async () => {
    const evidence = await signIn();
    const context = requestContext();
    const [first, again, other] = [await open(evidence, context), await open(evidence, context), await open(evidence)];
    if (!first.ok || !again.ok) throw new Error('refused');
    expect(again.value.sessionId).toBe(first.value.sessionId);
    expect(payloadOf(again.value.accessToken)).toEqual(payloadOf(first.value.accessToken));
    expect(other).toMatchObject({ ok: false, error: { code: 'session.evidence-refused' } });
  });

  it('not for a request of another tenant', async () => {
    const reply = await issuer.openSession(
      { evidence: await signIn(), purpose: 'token' },
      requestContext({ tenant: 'other' }),
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
    'of a sign-in for verification only': () => signIn({ purpose: 'verify' }),
    'of a sign-in for another purpose': () => signIn({ purpose: 'session' }),
    'of an event that names another user than its stream': () => signIn({ userId: randomUUID() }),
    'of another tenant': async () => ({ ...(await signIn()), stream: streams.signIn('other', userId) }),
    'after a minute': async () => {
      const evidence = await signIn();
      clock.advance(60_000);
      return evidence;
    },
  };
  for (const [rule, evidence] of Object.entries(refusals)) {
    it(rule, async () => {
      expect(await open(await evidence())).toMatchObject({ ok: false, error: { code: 'session.evidence-refused' } });
    });
  }

  it.each([
    ['disabled', { type: 'user.deactivated', data: { generation: 2 } }],
    ['removed', { type: 'user.removed', data: { generation: 2, wasActive: true } }],
    ['given a new password', { type: 'user.password-changed', data: { passwordHash: 'new', generation: 2 } }],
  ] as const)('where the user was %s since', async (_change, event) => {
    const evidence = await signIn();
    await append(streams.user('main', userId), [event]);
    expect(await open(evidence)).toMatchObject({ ok: false, error: { code: 'signin.refused' } });
  });
});

describe('signing keys', () => {
  it('agree between issuers that start at once on one new log', async () => {
    const others = await Promise.all(Array.from({ length: 4 }, () => temporary.reopen()));
    const issuers = await Promise.all(others.map((other) => createTokenIssuer({ ...other, logger: silentLogger })));
    const replies = await Promise.all([issuer, ...issuers].map((one) => one.getJwks()));
    const kids = replies.map((reply) => (reply.ok ? reply.value.keys.map(({ kid }) => kid) : []));
    // One for access tokens, one for refresh tokens.
    expect(new Set(kids.flat()).size).toBe(2);
    await Promise.all(others.map((other) => other.close()));
  });

  it('survive a restart, and their private parts are nowhere in the clear', async () => {
    const before = await issuer.getJwks();
    const stored = await temporary.log.store.readStream(streams.signingKeys('main'));
    expect(JSON.stringify(stored)).not.toMatch(/"d":/);
    await temporary.close();
    temporary = await temporary.reopen();
    issuer = await createTokenIssuer({ ...temporary, logger: silentLogger });
    expect(await issuer.getJwks()).toEqual(before);
  });
});

function payloadOf(token: string): unknown {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
}
