import { type AccessTokenClaims, accessTokenClaims, fail, type ReplyError } from '@evident/contracts';
import { createTokenVerifier, isAccessKey, type Jwk } from '@evident/crypto/verify';
import { initialSigningKeys, parsePrincipal, publishedKeys, type SigningKeysState, streams } from '@evident/domain';
import type { Log } from '@evident/log';
import { callerOfKey, proveAccessKey } from './access-key.ts';
import type { Caller } from './caller.ts';
import { standingOf } from './standing.ts';

export interface CallerCheckOptions {
  readonly log: Pick<Log, 'tenant' | 'states' | 'lookup'>;
  /** `iss` of our tokens. */
  readonly issuer: string;
  /** Audiences that our own routes accept: a token made for another app is refused. */
  readonly audiences: readonly string[];
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

export type CallerOutcome =
  | { readonly ok: true; readonly caller: Caller }
  | { readonly ok: false; readonly error: ReplyError };

/**
 * Checks a caller's own credential where the decision is made. Never trusts a row or another service: signature by
 * the keys on the log, or the key's own stream, then the ends of the session's and the holder's streams and of those of
 * the holder's roles and workspaces, read from the leader at each call, so a demotion that was acknowledged is honoured
 * by every later decision.
 */
export interface CallerCheck {
  check(credential: string | undefined): Promise<CallerOutcome>;
}

const clockToleranceSeconds = 5;

export function createCallerCheck({ log, issuer, audiences, now }: CallerCheckOptions): CallerCheck {
  const { tenant, states } = log;
  const signingKeys = streams.signingKeys(tenant);
  let published: { readonly state: SigningKeysState; readonly keys: readonly Jwk[] } = {
    state: initialSigningKeys,
    keys: [],
  };
  const verifier = createTokenVerifier({ issuer, clockToleranceSeconds, now, keys: () => published.keys });

  // Verified claims are frozen and shared by every use of a token, so their shape is looked at once.
  const shaped = new WeakMap<object, AccessTokenClaims>();
  const shapeOf = (verified: object): AccessTokenClaims | undefined => {
    const known = shaped.get(verified);
    if (known !== undefined) return known;
    const parsed = accessTokenClaims.safeParse(verified);
    if (parsed.success) shaped.set(verified, parsed.data);
    return parsed.data;
  };

  const refreshKeys = async () => {
    const { state } = await states.signingKeys.load(signingKeys);
    if (state !== published.state) published = { state, keys: accessKeys(state) };
  };

  const verified = async (token: string): Promise<AccessTokenClaims | 'foreign' | undefined> => {
    await refreshKeys();
    const verification = verifier.verifyRemembered(token) ?? (await verifier.verify(token));
    if (verification.outcome !== 'valid') return undefined;
    const claims = shapeOf(verification.claims);
    if (claims === undefined || claims.tenant_id !== tenant) return undefined;
    return audiences.includes(claims.aud) ? claims : 'foreign';
  };

  /** A session that was opened for this user and stands. */
  const hasSession = async (sessionId: string | undefined, userId: string): Promise<boolean> => {
    if (sessionId === undefined) return false;
    const session = (await states.session.load(streams.session(tenant, sessionId))).state;
    return session.opened && !session.revoked && session.userId === userId;
  };

  const checkKey = async (text: string): Promise<CallerOutcome> => {
    const proven = await proveAccessKey(log, text, now());
    return proven === undefined ? fail('caller.bad-credential') : { ok: true, caller: callerOfKey(proven, tenant) };
  };

  const checkToken = async (token: string): Promise<CallerOutcome> => {
    const claims = await verified(token);
    if (claims === undefined) return fail('caller.bad-credential');
    if (claims === 'foreign') return fail('caller.foreign-audience');
    const holder = parsePrincipal(claims.sub);
    if (holder === undefined) return fail('caller.bad-credential');
    if (holder.kind === 'user' && !(await hasSession(claims.sid, holder.id))) return fail('caller.bad-credential');
    const standing = await standingOf(log, holder);
    if (standing?.generation !== claims.gen) return fail('caller.bad-credential');
    const { sub: actor, aud: audience, sid } = claims;
    const session = sid === undefined ? {} : { sessionId: sid };
    const reach = holder.kind === 'user' ? {} : reachOfAgent(claims.scopes, standing.scopes);
    return { ok: true, caller: { actor, holder, tenant, ...standing, ...reach, ...session, audience } };
  };

  return {
    async check(credential) {
      if (credential === undefined) return fail('caller.not-authenticated');
      return isAccessKey(credential) ? checkKey(credential) : checkToken(credential);
    },
  };
}

/** An agent may ask for a token that does less than it could; a user's token is a picture of what its user has. */
function reachOfAgent(asked: readonly string[], held: readonly string[]): Pick<Caller, 'scopes' | 'bounds'> {
  const all = held.every((scope) => asked.includes(scope));
  return all ? { scopes: held } : { scopes: asked, bounds: held };
}

function accessKeys(state: SigningKeysState): readonly Jwk[] {
  return publishedKeys(state)
    .filter((key) => key.use === 'access')
    .map((key) => ({ ...key.publicJwk, kty: key.publicJwk.kty ?? '', kid: key.kid, alg: key.alg, use: 'sig' }));
}
