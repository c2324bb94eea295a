import { type AccessTokenClaims, accessTokenClaims, fail, type ReplyError } from '@evident/contracts';
import { createTokenVerifier, type Jwk } from '@evident/crypto/verify';
import { initialSigningKeys, publishedKeys, type SigningKeysState, streams } from '@evident/domain';
import type { Log } from '@evident/log';
import type { Caller } from './caller.ts';
import { everything, type Granted, type Grants, grantsOf } from './grants.ts';

export interface CallerCheckOptions {
  readonly log: Pick<Log, 'tenant' | 'states'>;
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
 * the keys on the log, then the ends of the session's and the user's streams and of those of the user's roles and
 * workspaces, read from the leader at each call, so a demotion that was acknowledged is honoured by every later decision.
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

  return {
    async check(credential) {
      if (credential === undefined) return fail('caller.not-authenticated');
      const claims = await verified(credential);
      if (claims === undefined) return fail('caller.bad-credential');
      if (claims === 'foreign') return fail('caller.foreign-audience');
      const { sub, sid } = claims;
      if (sid === undefined) return fail('caller.bad-credential');
      const userId = sub.slice('user:'.length);
      const session = (await states.session.load(streams.session(tenant, sid))).state;
      if (!session.opened || session.revoked || session.userId !== userId) return fail('caller.bad-credential');
      const user = (await states.user.load(streams.user(tenant, userId))).state;
      if (!user.registered || !user.isActive || user.generation !== claims.gen) return fail('caller.bad-credential');
      const { isAdmin, isOwner, scopes, workspaceIds } = await heldNow(log, user);
      const caller: Caller = {
        actor: sub,
        holder: { kind: 'user', id: userId },
        tenant,
        isAdmin,
        isOwner,
        scopes,
        workspaceIds,
        sessionId: sid,
        generation: user.generation,
        audience: claims.aud,
      };
      return { ok: true, caller };
    },
  };
}

type Held = Pick<Grants, 'isAdmin' | 'isOwner' | 'scopes' | 'workspaceIds'>;

/** Who has everything, and who was given nothing, costs no look at a role. */
async function heldNow({ states, tenant }: Pick<Log, 'states' | 'tenant'>, user: Granted): Promise<Held> {
  const { isAdmin, isOwner = false, workspaces } = user;
  if (isAdmin || isOwner)
    return { isAdmin, isOwner, scopes: everything, workspaceIds: [...(workspaces?.keys() ?? [])] };
  return grantsOf(states, tenant, user);
}

function accessKeys(state: SigningKeysState): readonly Jwk[] {
  return publishedKeys(state)
    .filter((key) => key.use === 'access')
    .map((key) => ({ ...key.publicJwk, kty: key.publicJwk.kty ?? '', kid: key.kid, alg: key.alg, use: 'sig' }));
}
