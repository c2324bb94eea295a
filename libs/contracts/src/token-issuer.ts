import { z } from 'zod';
import { defineCommand, defineQuery } from './message.ts';
import { signInEvidence } from './objects.ts';

const service = 'token-issuer';

/**
 * Evidence of a sign-in becomes a session and its access token, once: the same command again gets the same session,
 * anybody else `session.evidence-refused`.
 */
export const openSession = defineCommand(service, 'open-session', {
  request: z.object({ evidence: signInEvidence, purpose: z.enum(['token', 'session']) }),
  value: z.object({ accessToken: z.string(), sessionId: z.uuid(), expiresIn: z.number().int() }),
});

export const publicJwk = z.looseObject({ kty: z.string(), kid: z.string(), use: z.string(), alg: z.string() });
export type PublicJwk = z.infer<typeof publicJwk>;

/** The published keys (RFC 7517), and what a verifier has to expect of `iss`. */
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

export const tokenIssuerContracts = [openSession, getJwks, authenticateAgent, learnAgentScopes] as const;

/**
 * Claims of an access token. `gen` is the user's security generation at sign-in: a user of a later one has ended it.
 * `iat`, `exp` are seconds since the epoch (RFC 7519 section 4.1).
 */
export const accessTokenClaims = z.looseObject({
  iss: z.string(),
  aud: z.string(),
  /** `user:<uuid>` */
  sub: z.string().regex(/^user:[0-9a-f-]{36}$/),
  sid: z.uuid(),
  jti: z.uuid(),
  gen: z.number().int().positive(),
  tenant_id: z.string(),
  token_type: z.literal('access'),
  iat: z.number().int(),
  exp: z.number().int(),
});
export type AccessTokenClaims = z.infer<typeof accessTokenClaims>;
