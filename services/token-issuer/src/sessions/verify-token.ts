import type { CallerCheck } from '@evident/caller';
import {
  fail,
  type Reply,
  type RequestContext,
  type RequestOf,
  succeed,
  tokenClaims,
  type ValueOf,
  type verifyToken,
} from '@evident/contracts';
import type { TokenIssuerDependencies } from '../dependencies.ts';
import { livingSession } from './living-session.ts';
import type { RefreshTokens } from './refresh-tokens.ts';

type Value = ValueOf<typeof verifyToken>;

/** Whether a token counts now, asked by whoever holds it. `callers` takes tokens for every audience of the tenant. */
export function createVerifyToken(
  { log, now }: TokenIssuerDependencies,
  callers: CallerCheck,
  refreshTokens: Pick<RefreshTokens, 'read'>,
) {
  const isLivingAccess = async (token: string) => (await callers.check(token)).ok;
  const isLivingRefresh = async (token: string) => {
    const claims = await refreshTokens.read(token);
    if (claims === undefined) return false;
    const living = await livingSession(log, claims.sid, now());
    return living?.session.refreshId === claims.jti;
  };

  return async (
    { token, tokenType }: RequestOf<typeof verifyToken>,
    _context: RequestContext,
  ): Promise<Reply<Value>> => {
    const claims = tokenClaims.safeParse(claimsUnchecked(token)).data;
    if (claims === undefined || (tokenType !== undefined && claims.token_type !== tokenType)) {
      return fail('caller.bad-credential');
    }
    const living = claims.token_type === 'access' ? isLivingAccess : isLivingRefresh;
    return (await living(token)) ? succeed({ claims }) : fail('caller.bad-credential');
  };
}

/** Undefined where the text is no token, an API key for one. */
function claimsUnchecked(token: string): unknown {
  try {
    return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
  } catch {
    return undefined;
  }
}
