import { hash } from 'node:crypto';
import { isSealedBy, type SealSigner } from '@evident/crypto';
import type { Seal } from '@evident/domain';
import { canonicalJson } from '@evident/event-store';

/** What a seal states, without who signed it. */
export type SealStatement = Omit<Seal, 'kid' | 'publicKey' | 'signature'>;

/** The text that is signed: canonical JSON (RFC 8785) of the tenant, the statement and the name of the key. */
function signedText(tenant: string, { signature: _, publicKey: __, ...stated }: Seal): string {
  return canonicalJson({ ...stated, tenant });
}

export function signSeal(tenant: string, statement: SealStatement, signer: SealSigner): Seal {
  const { kid, x: publicKey } = signer.key;
  const unsigned = { ...statement, kid, publicKey };
  return { ...unsigned, signature: signer.sign(signedText(tenant, { ...unsigned, signature: '' })) };
}

/** Whether the seal was signed by the key that it names. Whether that key is ours is another question. */
export function isSigned(tenant: string, seal: Seal): boolean {
  return isSealedBy({ kid: seal.kid, x: seal.publicKey }, signedText(tenant, seal), seal.signature);
}

/** What the next seal names as `previous`. */
export function sealDigest(tenant: string, seal: Seal): string {
  return hash('sha256', signedText(tenant, seal), 'hex');
}
