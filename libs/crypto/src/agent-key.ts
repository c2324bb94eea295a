import { createPrivateKey, createPublicKey, hash, type KeyObject } from 'node:crypto';
import { macOf } from './text/mac.ts';

/** The public half of the key with which an agent signs. */
export interface AgentPublicKey {
  /** SubjectPublicKeyInfo (RFC 8410) in PEM, as this program writes it. */
  readonly verifyKey: string;
  /** Hex SHA-256 of its DER. */
  readonly keyId: string;
}

export interface DerivedAgentKey extends AgentPublicKey {
  /** PKCS8 (RFC 8410) in PEM. Shown once, never stored. */
  readonly privateKey: string;
}

/** PKCS8 of an Ed25519 key up to its 32 bytes (RFC 8410 section 7). */
const PKCS8_OPENING = Buffer.from('302e020100300506032b657004220420', 'hex');

/** The Ed25519 pair that a command makes. The same command makes the same pair, so that a retry can show it again. */
export function deriveAgentKey(derivationKey: KeyObject, commandId: string): DerivedAgentKey {
  const seed = macOf(derivationKey, 'agent key', commandId);
  const key = createPrivateKey({ key: Buffer.concat([PKCS8_OPENING, seed]), format: 'der', type: 'pkcs8' });
  const privateKey = key.export({ format: 'pem', type: 'pkcs8' }).toString();
  return { privateKey, ...publicKeyOf(createPublicKey(key)) };
}

const PEM = /^\s*-----BEGIN PUBLIC KEY-----[A-Za-z0-9+/=\s]+-----END PUBLIC KEY-----\s*$/;

/**
 * Reads a public Ed25519 key in PEM; undefined where it is anything else. A private key is refused although its public
 * half could be had: whoever sends one has given it away, and should hear of it.
 */
export function readVerifyKey(pem: string): AgentPublicKey | undefined {
  if (!PEM.test(pem)) return undefined;
  try {
    const key = createPublicKey({ key: pem.trim(), format: 'pem' });
    return key.asymmetricKeyType === 'ed25519' ? publicKeyOf(key) : undefined;
  } catch {
    return undefined;
  }
}

function publicKeyOf(key: KeyObject): AgentPublicKey {
  const keyId = hash('sha256', key.export({ format: 'der', type: 'spki' }), 'hex');
  return { verifyKey: key.export({ format: 'pem', type: 'spki' }).toString(), keyId };
}
