import { z } from 'zod';

/**
 * Claims of an access token. `gen` is the security generation of its subject when it was issued: a later one has
 * ended it. `iat`, `nbf`, `exp` are seconds since the epoch (RFC 7519 section 4.1). Roles and scopes are those of that
 * moment, for other services; our own routes ask what holds now.
 */
export const accessTokenClaims = z
  .looseObject({
    iss: z.string(),
    aud: z.string(),
    /** `user:<uuid>`, or `service:<uuid>` of an agent. */
    sub: z.string().regex(/^(?:user|service):[0-9a-f-]{36}$/),
    jti: z.uuid(),
    token_type: z.literal('access'),
    iat: z.number().int(),
    nbf: z.number().int().exactOptional(),
    exp: z.number().int(),
    gen: z.number().int().positive(),
    tenant_id: z.string(),
    /** Of an agent that is in one: the bare uuid, as filters of scopes name it (`?workspace_id=<uuid>`). */
    workspace_id: z.string().nullable().default(null),
    /** The session; an agent has none. Under two names, the second for clients of USSO. */
    sid: z.uuid().exactOptional(),
    session_id: z.uuid().exactOptional(),
    /** Slugs. */
    roles: z.array(z.string()).default([]),
    scopes: z.array(z.string()).default([]),
    /** How the subject was proven (RFC 8176), and what that comes to. */
    amr: z.array(z.string()).default([]),
    acr: z.string().exactOptional(),
  })
  .refine(({ sub, sid }) => sid !== undefined || sub.startsWith('service:'), { error: 'a user has a session' });
export type AccessTokenClaims = z.infer<typeof accessTokenClaims>;

/** Claims of a refresh token: its `jti` is the `refreshId` of its session, its audience the issuer itself. */
export const refreshTokenClaims = z.looseObject({
  iss: z.string(),
  aud: z.string(),
  sub: z.string().regex(/^user:[0-9a-f-]{36}$/),
  jti: z.uuid(),
  token_type: z.literal('refresh'),
  iat: z.number().int(),
  exp: z.number().int(),
  tenant_id: z.string(),
  sid: z.uuid(),
});
export type RefreshTokenClaims = z.infer<typeof refreshTokenClaims>;
