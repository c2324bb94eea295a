import { z } from 'zod';
import { cloudEvent } from './cloud-event.ts';
import { defineQuery } from './message.ts';

/**
 * The log as evidence (api/evident.md): each query needs the scope `read:evident/audit`, `readEvents` needs
 * `read:evident/events`. Answers are pages of at most 256 KiB: whoever wants all of it asks on from `next`.
 */
const service = 'identity-projection';

/** A printed position, or a time as RFC 3339. */
const moment = z.string().min(1).max(256);
/** `user:<uuid>` */
const subject = z.string().max(240);
/** `user.*,role.changed` */
const types = z.string().max(2048);
const limit = z.number().int().min(1).max(1000);
const cursor = z.string().max(256);

/** The log in its order from any position. Without `after` from the beginning. */
export const readEvents = defineQuery(service, 'read-events', {
  request: z.object({
    after: cursor.optional(),
    types: types.optional(),
    limit,
    /** Where nothing is there yet: how long to wait for it, in milliseconds. */
    waitMs: z.number().int().min(0).max(8_000).optional(),
  }),
  value: z.object({
    events: z.array(cloudEvent),
    /** Where to go on; null on an empty log. May have moved although no event matched. */
    next: z.string().nullable(),
    /** The end of the log was reached. */
    caughtUp: z.boolean(),
  }),
});

const eventFilter = {
  subject: subject.optional(),
  actor: subject.optional(),
  types: types.optional(),
  correlation: z.string().min(1).max(256).optional(),
  causation: z.string().min(1).max(256).optional(),
  /** Inclusive. */
  from: moment.optional(),
  to: moment.optional(),
  /** Exclusive; a position. */
  after: cursor.optional(),
};

export const auditEvents = defineQuery(service, 'audit-events', {
  request: z.object({ ...eventFilter, limit, order: z.enum(['asc', 'desc']) }),
  /** `next` null: that was all. A page may be empty and not the last. */
  value: z.object({ events: z.array(cloudEvent), next: z.string().nullable() }),
});

/** A member of a state as it is shown. */
export type ShownValue =
  | string
  | number
  | boolean
  | null
  | readonly ShownValue[]
  | { readonly [member: string]: ShownValue };
const shownValue: z.ZodType<ShownValue> = z.json();
const change = z.object({ before: shownValue, after: shownValue });
const changedFields = z.record(z.string(), shownValue);

export const auditHistory = defineQuery(service, 'audit-history', {
  request: z.object({ subject, after: cursor.optional() }),
  value: z.object({
    subject: z.string(),
    /** Of each event only the fields in which the two states differ. */
    changes: z.array(z.object({ event: cloudEvent, before: changedFields, after: changedFields })),
    next: z.string().nullable(),
  }),
});

const shownState = z.record(z.string(), shownValue).nullable();

export const auditState = defineQuery(service, 'audit-state', {
  request: z.object({ subject, at: moment.optional() }),
  value: z.object({
    subject: z.string(),
    at: z.string(),
    position: z.string().nullable(),
    exists: z.boolean(),
    state: shownState,
  }),
});

export const auditDiff = defineQuery(service, 'audit-diff', {
  request: z.object({ subject, from: moment.optional(), to: moment.optional() }),
  value: z.object({ before: shownState, after: shownState, changes: z.record(z.string(), change) }),
});

/** A subject, or the integer id of one. */
const user = subject;
const app = subject;

export const auditAccess = defineQuery(service, 'audit-access', {
  request: z.object({
    app: app.optional(),
    user: user.optional(),
    at: moment.optional(),
    after: cursor.optional(),
    limit,
  }),
  value: z.object({
    at: z.string(),
    position: z.string().nullable(),
    access: z.array(z.object({ user: z.string(), app: z.string(), grantedBy: cloudEvent })),
    next: z.string().nullable(),
  }),
});

export const signInOutcome = z.enum(['succeeded', 'failed', 'throttled']);

export const auditSignIns = defineQuery(service, 'audit-sign-ins', {
  request: z.object({
    user: user.optional(),
    app: app.optional(),
    outcome: signInOutcome.optional(),
    from: moment.optional(),
    to: moment.optional(),
    after: cursor.optional(),
    limit,
  }),
  value: z.object({
    signIns: z.array(
      z.object({
        time: z.string(),
        outcome: signInOutcome,
        reason: z.string().nullable(),
        user: z.string().nullable(),
        app: z.string().nullable(),
        clientIp: z.string().nullable(),
        userAgent: z.string().nullable(),
        /**
         * Pseudonyms of the account that was tried and of the caller: equal ones are one and the same, also where no user
         * is known. They name nobody and open nothing. `account` is null for a bad key.
         */
        counted: z.object({ account: z.string().nullable(), caller: z.string() }),
        event: cloudEvent,
      }),
    ),
    /** Attempts from before this time were let go of, but for the last of each account; null where none were. */
    expiredBefore: z.string().nullable(),
    next: z.string().nullable(),
  }),
});

/** A signed seal over a stretch of the log; see `log.sealed` of the domain. */
export const sealObject = z.object({
  number: z.number().int().positive(),
  before: z.number().int().nonnegative(),
  count: z.number().int().positive(),
  from: z.string(),
  to: z.string(),
  merkleRoot: z.string(),
  previous: z.string().nullable(),
  at: z.number().int(),
  kid: z.string(),
  publicKey: z.string(),
  signature: z.string(),
});

/** Seals of the log by number, from the first or after one. */
export const listSeals = defineQuery(service, 'list-seals', {
  request: z.object({ after: z.number().int().nonnegative(), limit }),
  value: z.object({ seals: z.array(sealObject), next: z.number().int().nullable() }),
});

/** That an event is in a seal: whoever has the event's digest gets from it, step by step, to the root that was signed. */
export const proveEvent = defineQuery(service, 'prove-event', {
  request: z.object({ eventId: z.uuid() }),
  value: z.object({
    eventId: z.uuid(),
    position: z.string(),
    /** SHA-256 of the event as it is stored. */
    digest: z.string(),
    /** Place among the events of the seal, from 0. */
    index: z.number().int().nonnegative(),
    proof: z.array(z.object({ side: z.enum(['left', 'right']), hash: z.string() })),
    seal: sealObject,
  }),
});

export const auditContracts = [
  readEvents,
  auditEvents,
  auditHistory,
  auditState,
  auditDiff,
  auditAccess,
  auditSignIns,
  listSeals,
  proveEvent,
] as const;
