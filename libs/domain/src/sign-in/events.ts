import { z } from 'zod';
import { defineEvent, type EventOf } from '../event-registry.ts';
import { instant, keyedHash, revision, uuid } from '../fields.ts';

/** What a right password is for: an answer to another team's app, a session, or an administrator's token. */
export const signInPurpose = z.enum(['verify', 'session', 'token']);
export type SignInPurpose = z.infer<typeof signInPurpose>;

export const failureReason = z.enum([
  'unknown-key',
  'unknown-user',
  'wrong-password',
  'inactive',
  'not-assigned',
  'not-administrator',
]);
export type FailureReason = z.infer<typeof failureReason>;

/** The ends of the streams that the decision read; -1 where there was no such stream, null where none was asked. */
export const judgedRevisions = z.object({
  app: revision.nullable(),
  reservation: revision.nullable(),
  user: revision.nullable(),
});
export type JudgedRevisions = z.infer<typeof judgedRevisions>;

/**
 * `ticketHash` is the SHA-256 of the ticket that went to the caller with the evidence, null for `verify`, which opens
 * nothing. `generation` is the user's security generation when it was judged.
 */
export const signInSucceeded = defineEvent(
  'signin.succeeded',
  z.object({
    purpose: signInPurpose,
    userId: uuid,
    appId: uuid.nullable(),
    audience: z.string().nullable(),
    generation: z.number().int().positive(),
    ticketHash: z.string().nullable(),
    judged: judgedRevisions,
    at: instant,
  }),
  { secret: ['ticketHash'] },
);

/** `caller` and `account` are keyed hashes under which attempts are counted. No user is named where the key was refused. */
export const signInFailed = defineEvent(
  'signin.failed',
  z.object({
    purpose: signInPurpose,
    reason: failureReason,
    userId: uuid.nullable(),
    appId: uuid.nullable(),
    judged: judgedRevisions,
    account: keyedHash.nullable(),
    caller: keyedHash,
    at: instant,
  }),
  { secret: ['account', 'caller'] },
);

/** Attempts refused unjudged: one event for the first of a window (`count` 1), then one for all the others. */
export const signInThrottled = defineEvent(
  'signin.throttled',
  z.object({
    purpose: signInPurpose,
    appId: uuid.nullable(),
    count: z.number().int().positive(),
    account: keyedHash.nullable(),
    caller: keyedHash,
    until: instant,
    at: instant,
  }),
  { secret: ['account', 'caller'] },
);

export const signInEvents = [signInSucceeded, signInFailed, signInThrottled] as const;
export type SignInEvent = EventOf<(typeof signInEvents)[number]>;
