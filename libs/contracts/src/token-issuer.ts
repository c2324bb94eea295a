import { z } from 'zod';
import { defineCommand, defineQuery } from './message.ts';
import { signInEvidence } from './objects.ts';

const service = 'token-issuer';
/** As long as a credential may be. */
const token = z.string().min(1).max(8192);

/** What a session gives: the claims of both tokens are a function of the event that issued them. */
export const issuedTokens = z.object({
  accessToken: z.string(),
  /** Life of the access token, in seconds, from when it was issued. */
  expiresIn: z.number().int(),
  /** Null where the session is one of a single access token (purpose `token`). */
  refreshToken: z.string().nullable(),
  /** Seconds from when it was issued; null without one. */
  refreshExpiresIn: z.number().int().nullable(),
  sessionId: z.uuid(),
  userId: z.uuid(),
});
export type IssuedTokens = z.infer<typeof issuedTokens>;

/**
 * Evidence of a sign-in becomes a session and its tokens, once: the same command again gets the same session,
 * anybody else `session.evidence-refused`. Purpose `session` comes with a refresh token. Without a fresh look at the
 * signing keys: `signing.unavailable`.
 */
export const openSession = defineCommand(service, 'open-session', {
  request: z.object({ evidence: signInEvidence, purpose: z.enum(['token', 'session']) }),
  value: issuedTokens,
});

/**
 * The next tokens for a refresh token; its owner needs no other credential. Where tokens rotate, the one sent is
 * replaced: sent again within REFRESH_WINDOW, from the same address and agent, it gets the same successor until that
 * one is used; otherwise its session ends (`session.refresh-reused`). `session.refresh-refused` for a token that is
 * malformed, expired, or whose session or user has ended.
 */
export const refreshSession = defineCommand(service, 'refresh-session', {
  request: z.object({ refreshToken: token }),
  value: issuedTokens,
});

const endedSession = z.object({ sessionId: z.uuid(), userId: z.uuid() });

/**
 * Ends the session of the access token in the context or, without one that counts, of the refresh token given.
 * `caller.not-authenticated` where neither was sent, `caller.bad-credential` where neither counts.
 */
export const logOut = defineCommand(service, 'log-out', {
  request: z.object({ refreshToken: token.optional() }),
  value: endedSession,
});

/**
 * Ends one session: one's own, or anybody's with `delete:sso/session`. To everyone else there is none:
 * `session.unknown`. One that has ended already stays so.
 */
export const revokeSession = defineCommand(service, 'revoke-session', {
  request: z.object({ sessionId: z.uuid() }),
  value: endedSession,
});

/** What a token that counts says of itself; registered claims as in RFC 7519 section 4.1. */
export const tokenClaims = z.looseObject({
  iss: z.string(),
  sub: z.string(),
  aud: z.string(),
  token_type: z.enum(['access', 'refresh']),
});

/**
 * Whether a token of ours, for any audience, counts now: signature, times, session and user are looked at on the log.
 * Whoever holds it may ask. `caller.bad-credential` where it does not, or is of another type than asked for.
 */
export const verifyToken = defineQuery(service, 'verify-token', {
  request: z.object({ token, tokenType: z.enum(['access', 'refresh']).optional() }),
  value: z.object({ claims: tokenClaims }),
});

export const publicJwk = z.looseObject({ kty: z.string(), kid: z.string(), use: z.string(), alg: z.string() });
export type PublicJwk = z.infer<typeof publicJwk>;

/** The published keys (RFC 7517), those of access tokens first, and what a verifier has to expect of `iss`. */
export const getJwks = defineQuery(service, 'get-jwks', {
  request: z.object({}),
  value: z.object({ issuer: z.string(), keys: z.array(publicJwk) }),
});

const assertion = z.object({ assertion: z.string().max(8_192) });

/**
 * A statement that an agent signed (reference: agent JWT) becomes an access token, once: the same command again gets
 * the same token, another one with the same `jti` is refused. The token has the scopes that the statement names, else
 * all that the agent holds; asking for more is `caller.not-permitted`. There is no session and nothing to refresh.
 */
export const authenticateAgent = defineCommand(service, 'authenticate-agent', {
  request: assertion,
  value: z.object({
    accessToken: z.string(),
    expiresIn: z.number().int(),
    agentId: z.uuid(),
    name: z.string(),
    scopes: z.array(z.string()),
  }),
});
/** What the agent holds now. Its statement counts once here and above together. */
export const learnAgentScopes = defineCommand(service, 'learn-agent-scopes', {
  request: assertion,
  value: z.object({ agentId: z.uuid(), tenantId: z.string(), scopes: z.array(z.string()) }),
});

export const signingKeyUse = z.enum(['access', 'refresh']);

/**
 * A signing key on its way: `published` until clients must know it, `active` while it signs, `replaced` while tokens
 * of it live, `retired` when it has left the JWKS. Times in milliseconds since the epoch.
 */
export const signingKeyObject = z.object({
  kid: z.string(),
  use: signingKeyUse,
  alg: z.string(),
  state: z.enum(['published', 'active', 'replaced', 'retired']),
  createdAt: z.number().int(),
  promotedAt: z.number().int().nullable(),
  replacedAt: z.number().int().nullable(),
  retiredAt: z.number().int().nullable(),
  /** When a published key is to sign; null in every other state. */
  promotesAt: z.number().int().nullable(),
  /** When a replaced key is to leave the JWKS; null in every other state. */
  retiresAt: z.number().int().nullable(),
});
export type SigningKeyObject = z.infer<typeof signingKeyObject>;

const time = z.iso.datetime();

/** A signing key as operators see it: times as RFC 3339, null where there is none. */
export const shownSigningKey = signingKeyObject.pick({ kid: true, use: true, alg: true, state: true }).extend({
  created: time,
  promotes: time.nullable(),
  promoted: time.nullable(),
  replaced: time.nullable(),
  retires: time.nullable(),
  retired: time.nullable(),
});
export type ShownSigningKey = z.infer<typeof shownSigningKey>;

export function showSigningKey(key: SigningKeyObject): ShownSigningKey {
  const { kid, use, alg, state } = key;
  const text = (milliseconds: number | null) => (milliseconds === null ? null : new Date(milliseconds).toISOString());
  return {
    kid,
    use,
    alg,
    state,
    created: new Date(key.createdAt).toISOString(),
    promotes: text(key.promotesAt),
    promoted: text(key.promotedAt),
    replaced: text(key.replacedAt),
    retires: text(key.retiresAt),
    retired: text(key.retiredAt),
  };
}

/** Every key there was, oldest first. Needs `manage:evident/ops`. */
export const listSigningKeys = defineQuery(service, 'list-signing-keys', {
  request: z.object({}),
  value: z.object({ keys: z.array(signingKeyObject) }),
});

/**
 * Publishes the next key of each use named (both unless said), which begins to sign once clients must know it. Where one is
 * waiting already, it is the next one. Needs `manage:evident/ops`; answers as `list-signing-keys`.
 */
export const rotateSigningKeys = defineCommand(service, 'rotate-signing-keys', {
  request: z.object({ uses: z.array(signingKeyUse).min(1).optional() }),
  value: z.object({ keys: z.array(signingKeyObject) }),
});
