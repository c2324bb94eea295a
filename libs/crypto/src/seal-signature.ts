import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';

/** The public half of a key that seals logs, as JSON (RFC 8037). */
export interface SealKey {
  readonly kid: string;
  readonly kty: 'OKP';
  readonly crv: 'Ed25519';
  readonly x: string;
}

export interface SealSigner {
  readonly key: SealKey;
  /** Base64url of the Ed25519 signature of the text's UTF-8 bytes. */
  sign(text: string): string;
}

/** An Ed25519 private key in DER is these bytes and the 32 of its seed (RFC 8410 section 7). */
const derOfPrivateKey = Buffer.from('302e020100300506032b657004220420', 'hex');

/** Signs with the Ed25519 key that 32 random bytes are the seed of. */
export function createSealSigner(seed: Buffer): SealSigner {
  if (seed.length !== 32) throw new TypeError('the seed of a seal key has 32 bytes');
  const privateKey = createPrivateKey({ key: Buffer.concat([derOfPrivateKey, seed]), format: 'der', type: 'pkcs8' });
  const { x } = createPublicKey(privateKey).export({ format: 'jwk' });
  if (x === undefined) throw new TypeError('a public key without its point');
  return {
    key: { kid: thumbprint(x), kty: 'OKP', crv: 'Ed25519', x },
    sign: (text) => sign(null, Buffer.from(text), privateKey).toString('base64url'),
  };
}

/** Whether the signature of a text is by this key, and the key is the one that its name says. */
export function isSealedBy(key: Pick<SealKey, 'kid' | 'x'>, text: string, signature: string): boolean {
  if (thumbprint(key.x) !== key.kid) return false;
  let publicKey: KeyObject;
  try {
    publicKey = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: key.x }, format: 'jwk' });
  } catch {
    return false;
  }
  return verify(null, Buffer.from(text), publicKey, Buffer.from(signature, 'base64url'));
}

/** RFC 7638, so that nobody can give a key the name of another. */
function thumbprint(x: string): string {
  return createHash('sha256').update(`{"crv":"Ed25519","kty":"OKP","x":"${x}"}`).digest('base64url');
}
