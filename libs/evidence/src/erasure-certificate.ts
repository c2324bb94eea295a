import type { ErasureCertificate } from '@evident/contracts';
import { isSealedBy, type SealSigner } from '@evident/crypto';
import { canonicalJson } from '@evident/event-store';

export type ErasureStatement = Omit<ErasureCertificate, 'kid' | 'publicKey' | 'signature'>;

/** Signs that a person was erased, with the key that seals the log. */
export function certifyErased(statement: ErasureStatement, signer: SealSigner): ErasureCertificate {
  const { kid, x: publicKey } = signer.key;
  return { ...statement, kid, publicKey, signature: signer.sign(canonicalJson({ ...statement, kid })) };
}

/** Whether the certificate was signed by the key that it names; whether that key is ours, `/audit/log/seals` says. */
export function isCertified({ publicKey, signature, ...statement }: ErasureCertificate): boolean {
  return isSealedBy({ kid: statement.kid, x: publicKey }, canonicalJson(statement), signature);
}
