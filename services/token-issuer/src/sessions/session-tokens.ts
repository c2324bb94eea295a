import type { AccessTokenClaims, IssuedTokens, RefreshTokenClaims } from '@evident/contracts';
import type { SessionState } from '@evident/domain';
import { uuid5 } from '@evident/event-store';
import type { SigningKeys } from '../keys/signing-keys.ts';

export interface IssuerName {
  /** `iss`, and the audience of refresh tokens. */
  readonly issuer: string;
  readonly tenant: string;
}

/** One factor, which is all that there is yet (as the published clients of USSO read it). */
const oneFactor = 'usso:acr:1';
const inSeconds = (milliseconds: number) => Math.floor(milliseconds / 1000);

/** Claims as a function of the session's last event alone: the same event has the same token, whichever replica signs it. */
function accessClaimsOf(session: SessionState, sessionId: string, name: IssuerName): AccessTokenClaims {
  const { tokenId, at, accessExpiresAt, roles, scopes } = session.issued;
  return {
    iss: name.issuer,
    aud: session.audience,
    sub: `user:${session.userId}`,
    // Of its own: the refresh token of the same event has the event's id.
    jti: uuid5(`access/${tokenId}`),
    token_type: 'access',
    iat: inSeconds(at),
    nbf: inSeconds(at),
    exp: inSeconds(accessExpiresAt),
    gen: session.generation,
    tenant_id: name.tenant,
    workspace_id: null,
    sid: sessionId,
    session_id: sessionId,
    roles: [...roles],
    scopes: [...scopes],
    amr: [...session.methods],
    acr: oneFactor,
  };
}

/** Undefined where the session has no refresh token. */
function refreshClaimsOf(
  session: SessionState,
  sessionId: string,
  { issuer, tenant }: IssuerName,
): RefreshTokenClaims | undefined {
  if (session.refreshId === null) return undefined;
  return {
    iss: issuer,
    aud: issuer,
    sub: `user:${session.userId}`,
    jti: session.refreshId,
    token_type: 'refresh',
    iat: inSeconds(session.issued.at),
    exp: inSeconds(session.expiresAt),
    tenant_id: tenant,
    sid: sessionId,
    session_id: sessionId,
  };
}

/** Signs the tokens of a session as its last event has them. */
export async function issueTokens(
  session: SessionState,
  sessionId: string,
  name: IssuerName,
  signingKeys: Pick<SigningKeys, 'signer'>,
): Promise<IssuedTokens> {
  const access = accessClaimsOf(session, sessionId, name);
  const refresh = refreshClaimsOf(session, sessionId, name);
  const [accessToken, refreshToken] = await Promise.all([
    signingKeys.signer('access').then((signer) => signer.sign(access)),
    refresh === undefined ? null : signingKeys.signer('refresh').then((signer) => signer.sign(refresh)),
  ]);
  return {
    accessToken,
    expiresIn: access.exp - access.iat,
    refreshToken,
    refreshExpiresIn: refresh === undefined ? null : refresh.exp - refresh.iat,
    sessionId,
    userId: session.userId,
  };
}
