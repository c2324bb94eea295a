import { isSealedBy, type SealSigner } from '@evident/crypto';
import type { Expiry } from '@evident/domain';
import { canonicalJson } from '@evident/event-store';

/** What an expiry states, without who signed it. */
export type ExpiryStatement = Omit<Expiry, 'kid' | 'publicKey' | 'signature'>;

/** Canonical JSON (RFC 8785) with the name of the event in it, so that a seal never passes for an expiry. */
function signedText(tenant: string, { signature: _, publicKey: __, ...stated }: Expiry): string {
  return canonicalJson({ ...stated, tenant, type: 'signin.expired' });
}

export function signExpiry(tenant: string, statement: ExpiryStatement, signer: SealSigner): Expiry {
  const { kid, x: publicKey } = signer.key;
  const unsigned = { ...statement, kid, publicKey, signature: '' };
  return { ...unsigned, signature: signer.sign(signedText(tenant, unsigned)) };
}

/** Whether the expiry was signed by the key that it names. Whether that key is ours is another question. */
export function isExpirySigned(tenant: string, expiry: Expiry): boolean {
  return isSealedBy({ kid: expiry.kid, x: expiry.publicKey }, signedText(tenant, expiry), expiry.signature);
}
