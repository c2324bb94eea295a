/** Algorithms of token signatures (RFC 7518; EdDSA: RFC 8037 with Ed25519). Nothing symmetric, never `none`. */
export type SigningAlg = 'ES256' | 'RS256' | 'EdDSA';

/** A key as JSON (RFC 7517). Treated as immutable: a changed key is another object. */
export interface Jwk {
  readonly kty: string;
  readonly kid: string;
  readonly alg: SigningAlg;
  readonly use?: string;
  readonly crv?: string;
  readonly x?: string;
  readonly y?: string;
  readonly n?: string;
  readonly e?: string;
}

/** With its private members. Belongs sealed, or in memory while it signs, nowhere else. */
export interface PrivateJwk extends Jwk {
  readonly d: string;
  readonly p?: string;
  readonly q?: string;
  readonly dp?: string;
  readonly dq?: string;
  readonly qi?: string;
}

export function isSigningAlg(alg: unknown): alg is SigningAlg {
  return alg === 'ES256' || alg === 'RS256' || alg === 'EdDSA';
}

/** The text of everything that makes two public keys the same key: two objects with equal texts are one key. */
export function keyMaterial(jwk: Jwk): string {
  const { kty, alg, crv, x, y, n, e } = jwk;
  return JSON.stringify([kty, alg, crv, x, y, n, e]);
}
