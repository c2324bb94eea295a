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

/** Which tally was full: of the account from this caller, of the account from all callers, or of bad keys from an address. */
export const throttlingLimit = z.enum(['caller', 'account', 'address']);
export type ThrottlingLimit = z.infer<typeof throttlingLimit>;

/**
 * `account` (of the user where the name is known, else of the folded name) and `caller` are the keyed hashes under
 * which attempts are counted, here as in the events below: tallies are refilled from them after a restart.
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
    account: keyedHash,
    caller: keyedHash,
    at: instant,
  }),
  { secret: ['ticketHash', 'account', 'caller'] },
);

/** Where the key was refused no user is named, `account` is null, and `caller` is the address. */
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

/**
 * Attempts refused unjudged: one event when a wait begins (`count` 1), then one, with the same `until`, for all the
 * others. `account` is null where the limit is that of bad keys.
 */
export const signInThrottled = defineEvent(
  'signin.throttled',
  z.object({
    purpose: signInPurpose,
    appId: uuid.nullable(),
    limit: throttlingLimit,
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
