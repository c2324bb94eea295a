import { z } from 'zod';
import { defineEvent, type EventOf } from '../event-registry.ts';
import { instant } from '../fields.ts';

const revision = z.number().int().nonnegative();

/** One attempt that expired: which event of the log it was, and its digest, so that the seal over it still verifies. */
const expiredAttempt = z.object({
  /** Its place among all events that were ever in the log, from 1, as seals count them. */
  number: z.number().int().positive(),
  /** Of its stream `signin-<tenant>.<id>`. */
  id: z.string().min(1),
  revision,
  /** In the log that it expired in. */
  position: z.string(),
  recordedAt: instant,
  digest: z.string().regex(/^[0-9a-f]{64}$/),
});

/**
 * Attempts to sign in are kept no longer: all of a stretch of the log that were recorded before a moment. The log lets go
 * of them after this event, never before. The last attempt of a stream stays until one after it expires, although it
 * is listed already. Signed by the key of the seals: nobody else can say of an event that is missing that it expired.
 */
export const signInExpired = defineEvent(
  'signin.expired',
  z.object({
    /** Number of the last event that the expiry before this one looked at; 0 for the first. */
    after: z.number().int().nonnegative(),
    /** Number of the last event that this one looked at: what expires between is all listed. */
    upTo: z.number().int().positive(),
    /** What expires was recorded earlier than this. */
    before: instant,
    /** Attempts listed here and in all expiries before. */
    total: z.number().int().positive(),
    /** In the order of the log. */
    attempts: z.array(expiredAttempt).min(1),
    /** Of which streams the log lets go, and up to which revision; itself included. */
    letGo: z.array(z.object({ id: z.string().min(1), upTo: revision })),
    /** Positions of last attempts that were listed earlier, and go now because a later one has come. */
    late: z.array(z.string()),
    at: instant,
    kid: z.string(),
    /** Base64url of the public key: 32 bytes, Ed25519. */
    publicKey: z.string(),
    /** Base64url of the signature over all of the above but the public key, as canonical JSON. */
    signature: z.string(),
  }),
);

export const retentionEvents = [signInExpired] as const;
export type RetentionEvent = EventOf<typeof signInExpired>;
/** An expiry as it is stored. */
export type Expiry = RetentionEvent['data'];
export type ExpiredAttempt = Expiry['attempts'][number];
