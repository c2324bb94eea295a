import { randomUUID } from 'node:crypto';
import { createTokenSigner, generateSigningKey } from '@evident/crypto';
import { type DomainEvent, streams } from '@evident/domain';
import { eventId } from '@evident/event-store';
import { openedSession, type TemporaryLog } from '@evident/testing';

/** Appends events as if some service had decided them. */
export async function appendAsIs(
  { log, now }: Pick<TemporaryLog, 'log' | 'now'>,
  stream: string,
  events: readonly DomainEvent[],
): Promise<void> {
  const commandId = randomUUID();
  const metadata = { tenant: log.tenant, actor: 'system', commandId, correlationId: commandId, occurredAt: now() };
  const named = events.map(({ type, data }, index) => ({ id: eventId(commandId, stream, 'as-is', index), type, data }));
  await log.store.append(stream, await log.codec.encode(named, { stream, metadata }), 'any');
}

/** Puts an administrator on the log who has a session, and a token of it as token-issuer would sign it. */
export async function administratorOnLog(temporary: TemporaryLog): Promise<{ userId: string; token: string }> {
  const { log, now } = temporary;
  const userId = randomUUID();
  await appendAsIs(temporary, streams.user(log.tenant, userId), [
    { type: 'user.registered', data: { number: 1_000_001 } },
    { type: 'user.password-changed', data: { passwordHash: 'none', generation: 1 } },
    { type: 'user.admin-granted', data: {} },
  ]);
  await appendAsIs(temporary, streams.roster(log.tenant), [{ type: 'roster.granted', data: { userId } }]);
  return { userId, token: await tokenOnLog(temporary, userId, 1, now()) };
}

/** A session on the log for a user, and its token. */
export async function tokenOnLog(
  temporary: TemporaryLog,
  userId: string,
  generation: number,
  at: number,
): Promise<string> {
  const { log, config } = temporary;
  const key = await generateSigningKey('ES256', randomUUID());
  const { kid, alg } = key;
  const publicJwk = Object.fromEntries(Object.entries(key.publicJwk).filter(([, value]) => typeof value === 'string'));
  await appendAsIs(temporary, streams.signingKeys(log.tenant), [
    {
      type: 'signingkey.created',
      data: { kid, use: 'access', alg, publicJwk, sealedPrivateJwk: 'none', createdAt: at },
    },
  ]);
  const sessionId = randomUUID();
  const audience = config.tokens.audience;
  const session = openedSession({ userId, audience, generation }, at);
  await appendAsIs(temporary, streams.session(log.tenant, sessionId), [session]);
  const iat = Math.floor(at / 1000);
  return createTokenSigner({ kid, alg, privateJwk: key.privateJwk }).sign({
    iss: config.publicUrl,
    aud: audience,
    sub: `user:${userId}`,
    sid: sessionId,
    jti: randomUUID(),
    gen: generation,
    tenant_id: log.tenant,
    token_type: 'access',
    iat,
    exp: iat + 3_600,
  });
}
