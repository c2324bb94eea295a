import { createPrivateKey } from 'node:crypto';
import { SignJWT } from 'jose/jwt/sign';
import type { PrivateJwk, SigningAlg } from './jwk.ts';

/** Claims of a token (RFC 7519); times in whole seconds since the epoch. */
export interface TokenClaims {
  readonly iss?: string;
  readonly sub?: string;
  readonly aud?: string | string[];
  readonly exp?: number;
  readonly nbf?: number;
  readonly iat?: number;
  readonly jti?: string;
  readonly [claim: string]: unknown;
}

export interface TokenSigner {
  /** The compact token; header `alg`, `kid`, `typ: JWT`. Signs the claims as they are and adds none. */
  sign(claims: TokenClaims): Promise<string>;
}

/** Throws where the key is no private key of its algorithm. */
export function createTokenSigner(key: {
  readonly kid: string;
  readonly alg: SigningAlg;
  readonly privateJwk: PrivateJwk;
}): TokenSigner {
  const { kid, alg } = key;
  if (key.privateJwk.alg !== alg) throw new TypeError(`key ${kid} is not for ${alg}`);
  const privateKey = createPrivateKey({ key: { ...key.privateJwk }, format: 'jwk' });
  return {
    sign: (claims) => new SignJWT({ ...claims }).setProtectedHeader({ alg, kid, typ: 'JWT' }).sign(privateKey),
  };
}
