/** Claims of a token whose signature was right. Frozen: several requests may share them. */
export interface VerifiedClaims {
  readonly iss: string;
  /** Whole seconds since the epoch. */
  readonly exp: number;
  readonly nbf?: number;
  readonly iat?: number;
  readonly sub?: string;
  readonly aud?: string | readonly string[];
  readonly jti?: string;
  readonly [claim: string]: unknown;
}

export type ClaimsRefusal = 'claims' | 'issuer' | 'expired' | 'not-yet-valid';

/**
 * The payload as claims, or `claims` where a registered claim (RFC 7519 section 4.1) has the wrong type or `iss` or
 * `exp` is missing. Depends on the payload alone, so its result may be remembered with the signature.
 */
export function readClaims(payload: Uint8Array): VerifiedClaims | 'claims' {
  let claims: unknown;
  try {
    claims = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload));
  } catch {
    return 'claims';
  }
  return isClaims(claims) ? deepFrozen(claims) : 'claims';
}

/** What must be asked anew at each use. `now` in milliseconds since the epoch. */
export function refusalOf(
  claims: VerifiedClaims,
  rules: { readonly issuer: string; readonly clockToleranceSeconds: number; readonly now: number },
): ClaimsRefusal | undefined {
  const seconds = rules.now / 1_000;
  if (claims.iss !== rules.issuer) return 'issuer';
  if (seconds >= claims.exp + rules.clockToleranceSeconds) return 'expired';
  if (claims.nbf !== undefined && seconds < claims.nbf - rules.clockToleranceSeconds) return 'not-yet-valid';
  return undefined;
}

function isClaims(value: unknown): value is VerifiedClaims {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const claims: Readonly<Record<string, unknown>> = { ...value };
  const { iss, exp, nbf, iat, sub, aud, jti } = claims;
  return (
    typeof iss === 'string' &&
    isTime(exp) &&
    (nbf === undefined || isTime(nbf)) &&
    (iat === undefined || isTime(iat)) &&
    (sub === undefined || typeof sub === 'string') &&
    (jti === undefined || typeof jti === 'string') &&
    (aud === undefined ||
      typeof aud === 'string' ||
      (Array.isArray(aud) && aud.every((one) => typeof one === 'string')))
  );
}

function isTime(value: unknown): boolean {
  return typeof value === 'number' && Number.isFinite(value);
}

function deepFrozen<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null) {
    for (const member of Object.values(value)) deepFrozen(member);
    Object.freeze(value);
  }
  return value;
}
