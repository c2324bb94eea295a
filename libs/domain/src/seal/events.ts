import { z } from 'zod';
import { defineEvent, type EventOf } from '../event-registry.ts';
import { instant } from '../fields.ts';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/**
 * A stretch of the log, event by event from where the seal before ended, is signed: nobody without the key can change,
 * remove, add or move an event in it and have the seal still fit. Events are counted from the first of the log, so that
 * a seal stays right where the log is restored or migrated; positions are those of the log that was sealed.
 */
export const logSealed = defineEvent(
  'log.sealed',
  z.object({
    /** From 1, without gaps. */
    number: z.number().int().positive(),
    /** Events of the log before the first one sealed here. */
    before: z.number().int().nonnegative(),
    count: z.number().int().positive(),
    from: z.string(),
    to: z.string(),
    /** Root of the Merkle tree over the digests of the events (RFC 9162 section 2.1.1). */
    merkleRoot: sha256,
    /** SHA-256 of what the seal before states; null for the first. */
    previous: sha256.nullable(),
    at: instant,
    kid: z.string(),
    /** Base64url of the public key: 32 bytes, Ed25519. */
    publicKey: z.string(),
    /** Base64url of the signature over all of the above but the public key, as canonical JSON. */
    signature: z.string(),
  }),
);

export const sealEvents = [logSealed] as const;
export type SealEvent = EventOf<typeof logSealed>;
/** A seal as it is stored. */
export type Seal = SealEvent['data'];
