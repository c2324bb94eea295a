import { generateKeyPair, type JsonWebKey, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import type { Jwk, PrivateJwk, SigningAlg } from './jwk.ts';

const generate = promisify(generateKeyPair);

/** RS256: RFC 7518 section 3.3 asks for at least this many bits. */
const RSA_BITS = 2_048;

export interface SigningKey {
  readonly kid: string;
  readonly alg: SigningAlg;
  /** What the JWKS shows. */
  readonly publicJwk: Jwk;
  readonly privateJwk: PrivateJwk;
}

/** A new key pair. Made in libuv's pool; an RSA pair takes some hundred milliseconds. */
export async function generateSigningKey(alg: SigningAlg, kid: string): Promise<SigningKey> {
  const { publicKey, privateKey } = await pairFor(alg);
  const named = { kid, alg, use: 'sig' } as const;
  const { d, p, q, dp, dq, qi } = privateKey.export({ format: 'jwk' });
  if (d === undefined) throw new TypeError('a private key without its private part');
  const publicJwk = { ...publicMembers(publicKey.export({ format: 'jwk' })), ...named };
  return { kid, alg, publicJwk, privateJwk: { ...publicJwk, ...present({ p, q, dp, dq, qi }), d } };
}

function pairFor(alg: SigningAlg): Promise<{ publicKey: KeyObject; privateKey: KeyObject }> {
  switch (alg) {
    case 'ES256':
      return generate('ec', { namedCurve: 'P-256' });
    case 'RS256':
      return generate('rsa', { modulusLength: RSA_BITS });
    case 'EdDSA':
      return generate('ed25519');
  }
}

function publicMembers(jwk: JsonWebKey): Omit<Jwk, 'kid' | 'alg'> {
  const { kty, crv, x, y, n, e } = jwk;
  if (kty === undefined) throw new TypeError('a key without its type');
  return { kty, ...present({ crv, x, y, n, e }) };
}

type Present<Members> = { [Name in keyof Members]?: Exclude<Members[Name], undefined> };

function present<Members extends Record<string, string | undefined>>(members: Members): Present<Members> {
  const entries = Object.entries(members).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Present<Members>;
}
