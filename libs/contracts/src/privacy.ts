import { z } from 'zod';
import { defineCommand } from './message.ts';

/** What becomes of the names and addresses of who is erased: nobody may ever take them, or they are free again. */
export const identifierPolicy = z.enum(['kept', 'freed']);

/**
 * Erases a person for ever: removes the user where that was not done, deletes the key that their personal data is
 * sealed under, and records that it was done. Needs `manage:evident/privacy`. Goes on to its end after a crash; the same
 * again changes nothing. Rejections: `user.unknown`, `user.own-erasure`,
 * `user.last-administrator`.
 */
export const erasePerson = defineCommand('auth-command', 'erase-person', {
  request: z.object({ userId: z.uuid(), identifiers: identifierPolicy }),
  value: z.object({ userId: z.uuid() }),
});

/** Signed by the key that seals the log: that the person was erased, when, and by which event. */
export const erasureCertificate = z.object({
  tenant: z.string(),
  /** `user:<uuid>` */
  subject: z.string(),
  /** RFC 3339, of the event. */
  erasedAt: z.string(),
  /** The event `user.erased`, in which seal of the log it is can be asked of `/audit/log/proof`. */
  event: z.uuid(),
  position: z.string(),
  identifiers: identifierPolicy,
  /** The key was deleted: whatever it sealed, here and in any copy of the log, cannot be opened. */
  keyDestroyed: z.literal(true),
  /** RFC 3339: when the erasure was complete, from which moment on it is certified. */
  issuedAt: z.string(),
  kid: z.string(),
  publicKey: z.string(),
  /** Base64url of the Ed25519 signature over all other members but the public key, as canonical JSON (RFC 8785). */
  signature: z.string(),
});
export type ErasureCertificate = z.infer<typeof erasureCertificate>;

/** Rejections: `person.not-erased` while the erasure is not complete. */
export const certifyErasure = defineCommand('token-issuer', 'certify-erasure', {
  request: z.object({ userId: z.uuid() }),
  value: erasureCertificate,
});
