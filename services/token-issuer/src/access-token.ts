import type { AccessTokenClaims } from '@evident/contracts';
import type { SessionState } from '@evident/domain';

export interface AccessTokenOptions {
  readonly issuer: string;
  readonly tenant: string;
  readonly lifeSeconds: number;
}

/** Claims as a function of the session alone: the same session has the same token, whichever replica signs it. */
export function accessTokenOf(
  session: SessionState,
  sessionId: string,
  tokenId: string,
  options: AccessTokenOptions,
): AccessTokenClaims {
  const iat = Math.floor(session.openedAt / 1000);
  return {
    iss: options.issuer,
    aud: session.audience,
    sub: `user:${session.userId}`,
    sid: sessionId,
    jti: tokenId,
    gen: session.generation,
    tenant_id: options.tenant,
    token_type: 'access',
    iat,
    exp: iat + options.lifeSeconds,
  };
}
