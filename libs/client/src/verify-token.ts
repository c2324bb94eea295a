import {
  createRemoteJWKSet,
  errors,
  type JWKSCacheInput,
  type JWTPayload,
  type JWTVerifyGetKey,
  jwksCache,
  jwtVerify,
} from 'jose';
import { TokenRefused } from './errors.ts';

/** Which tokens are to be taken. */
export interface TokenVerifierOptions {
  /** Where Evident answers; its issuer too, unless `issuer` says otherwise. */
  readonly url: string;
  /** Audiences of which a token must have one: what Evident was told to make tokens for. */
  readonly audience: string | readonly string[];
  readonly issuer?: string;
  /** Default: `<url>/.well-known/jwks.json`. */
  readonly jwksUrl?: string;
  /** Allowed between the two clocks; default 5. */
  readonly clockToleranceSeconds?: number;
  /** Keys at hand, in place of fetched ones: for tests. */
  readonly keys?: JWTVerifyGetKey;
}

/** What an access token says. */
export interface VerifiedToken {
  /** `user:<uuid>` or `service:<uuid>`. */
  readonly subject: string;
  /** The uuid of it. */
  readonly id: string;
  readonly kind: 'user' | 'service';
  readonly tenantId: string;
  readonly workspaceId: string | undefined;
  readonly sessionId: string | undefined;
  /** Slugs. */
  readonly roles: readonly string[];
  readonly scopes: readonly string[];
  readonly expiresAt: Date;
  readonly claims: JWTPayload;
}

/** Safe for any number of calls at once; the keys are fetched once for all of them. */
export interface TokenVerifier {
  /** Throws `TokenRefused`: `expired`, `invalid`, or `unavailable` where no keys could be had. */
  verify(token: string): Promise<VerifiedToken>;
}

const algorithms = ['ES256', 'RS256', 'EdDSA'];
/** As Evident says of its keys (`max-age`): a new one is published for longer than that before it signs. */
const keysKeptMs = 3_600_000;
/** So that a key that was withdrawn does not count for the whole hour where Evident answers. */
const keysRenewedMs = 600_000;
const fetchedEveryMs = 30_000;

/**
 * Checks access tokens by the issuer's published keys, which are cached: no request for each token. A token that was
 * ended counts here until it expires; where that matters, ask Evident, or follow `session.revoked` and `user.*`.
 */
export function createTokenVerifier(options: TokenVerifierOptions): TokenVerifier {
  const base = options.url.replace(/\/+$/, '');
  const { issuer = base, audience, clockToleranceSeconds = 5, jwksUrl = `${base}/.well-known/jwks.json` } = options;
  const keys = options.keys ?? publishedKeys(jwksUrl);
  const expected = {
    issuer,
    audience: typeof audience === 'string' ? audience : [...audience],
    algorithms,
    clockTolerance: clockToleranceSeconds,
    requiredClaims: ['sub', 'exp', 'iat'],
  };
  return {
    async verify(token) {
      try {
        const { payload } = await jwtVerify(token, keys, expected);
        return verified(payload);
      } catch (error) {
        throw asRefusal(error, { iss: issuer, aud: audience });
      }
    },
  };
}

/** Renews what it has beside the checks, so that none waits for an issuer that is away while its keys still count. */
function publishedKeys(jwksUrl: string): JWTVerifyGetKey {
  // Filled by the library with what it fetched, and when.
  const cache = {} as JWKSCacheInput;
  const keys = createRemoteJWKSet(new URL(jwksUrl), {
    cacheMaxAge: keysKeptMs,
    cooldownDuration: fetchedEveryMs,
    [jwksCache]: cache,
  });
  let askedAt = Number.NEGATIVE_INFINITY;
  return (header, token) => {
    const now = Date.now();
    const { uat: fetchedAt = now } = cache;
    if (now - fetchedAt >= keysRenewedMs && now - askedAt >= fetchedEveryMs) {
      askedAt = now;
      keys.reload().catch(() => undefined);
    }
    return keys(header, token);
  };
}

const verifiers = new Map<string, TokenVerifier>();

/** One check by a verifier that is kept for these options. Where many are made, `createTokenVerifier` says it better. */
export async function verifyToken(token: string, options: TokenVerifierOptions): Promise<VerifiedToken> {
  if (options.keys !== undefined) return createTokenVerifier(options).verify(token);
  const name = JSON.stringify(options);
  const verifier = verifiers.get(name) ?? createTokenVerifier(options);
  verifiers.set(name, verifier);
  return verifier.verify(token);
}

function verified(claims: JWTPayload): VerifiedToken {
  const { sub = '', exp = 0 } = claims;
  const [, kind, id] = /^(user|service):([0-9a-f-]{36})$/.exec(sub) ?? [];
  if (kind === undefined || id === undefined || claims.token_type !== 'access') {
    throw new TokenRefused('invalid', 'that is no access token of Evident');
  }
  return {
    subject: sub,
    id,
    kind: kind as VerifiedToken['kind'],
    tenantId: textOf(claims.tenant_id) ?? '',
    workspaceId: textOf(claims.workspace_id),
    sessionId: textOf(claims.sid),
    roles: textsOf(claims.roles),
    scopes: textsOf(claims.scopes),
    expiresAt: new Date(exp * 1_000),
    claims,
  };
}

/** By claim, what is expected of it. */
type Expected = Readonly<Record<string, string | readonly string[]>>;

function asRefusal(error: unknown, expected: Expected): TokenRefused {
  if (error instanceof TokenRefused) return error;
  const known = error instanceof errors.JOSEError;
  if (error instanceof errors.JWTExpired) return new TokenRefused('expired', 'the token has expired', { cause: error });
  const isNoKeySet = error instanceof errors.JWKSTimeout || error instanceof errors.JWKSInvalid;
  const away = !known || isNoKeySet || error.code === 'ERR_JOSE_GENERIC';
  if (away) return new TokenRefused('unavailable', 'the keys of the issuer cannot be had', { cause: error });
  return new TokenRefused('invalid', `the token does not count: ${reasonOf(error, expected)}`, { cause: error });
}

/** The claims are those that the issuer signed: they are looked at after the signature. */
function reasonOf(error: errors.JOSEError, expected: Expected): string {
  const claim = error instanceof errors.JWTClaimValidationFailed ? error : undefined;
  const wanted = claim === undefined ? undefined : expected[claim.claim];
  if (claim === undefined || wanted === undefined) return error.message;
  const listed = [wanted].flat().map((each) => JSON.stringify(each));
  return `its ${claim.claim} is ${JSON.stringify(claim.payload[claim.claim])}, expected was ${listed.join(' or ')}`;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}
