import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
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

/** Throws `TypeError` where the key is not for this algorithm, or where its two parts do not belong together. */
export function createTokenSigner(key: {
  readonly kid: string;
  readonly alg: SigningAlg;
  readonly privateJwk: PrivateJwk;
}): TokenSigner {
  const { kid, alg } = key;
  if (key.privateJwk.alg !== alg) throw new TypeError(`key ${kid} is not for ${alg}`);
  const privateKey = createPrivateKey({ key: { ...key.privateJwk }, format: 'jwk' });
  assertPair(privateKey, key.privateJwk);
  return {
    sign: (claims) => new SignJWT({ ...claims }).setProtectedHeader({ alg, kid, typ: 'JWT' }).sign(privateKey),
  };
}

/** OpenSSL takes the two parts as they come; tokens from a mismatched pair would be refused everywhere. */
function assertPair(privateKey: KeyObject, { d: _, ...publicJwk }: PrivateJwk): void {
  const publicKey = createPublicKey({ key: publicJwk, format: 'jwk' });
  const digest = publicJwk.alg === 'EdDSA' ? null : 'sha256';
  const sample = Buffer.from('evident');
  if (!verify(digest, sample, publicKey, sign(digest, sample, privateKey))) {
    throw new TypeError(`the two parts of key ${publicJwk.kid} do not belong together`);
  }
}
