import { z } from 'zod';
import { projectionStatus } from './identity-projection.ts';
import { defineCommand, defineQuery } from './message.ts';

/** Whether auth-command can write what it decides, as its last writes found; null where it can. Anybody may ask. */
export const getReadiness = defineQuery('auth-command', 'get-readiness', {
  request: z.object({}),
  value: z.object({ down: z.string().nullable() }),
});

/** Names of projections, as on `/ops/projections`. */
export const projectionName = z.string().regex(/^[a-z][a-z0-9-]{0,62}$/);
const named = z.object({ projection: projectionName });
const nothing = z.object({});

/** Rows built anew beside those that serve. `queued` until whoever fills the rows has begun. */
export const rebuildJob = z.object({
  job: z.uuid(),
  state: z.enum(['queued', 'running', 'done', 'failed']),
  /** Events applied, of so many; equal at the end. */
  done: z.number().int(),
  total: z.number().int(),
  eventsPerSecond: z.number(),
  /** Null before the first batch. */
  etaSeconds: z.number().nullable(),
  /** Why it failed. */
  error: z.string().optional(),
});
export type RebuildJob = z.infer<typeof rebuildJob>;

export const listedProjection = projectionStatus.extend({
  /** Those of a group move on, and are rebuilt, together. */
  group: z.string(),
  /** Where `lagEvents` is only a lower bound. */
  lagAtLeast: z.boolean(),
  /** Null where none is queued or at work. */
  rebuild: rebuildJob.nullable(),
});
export type ListedProjection = z.infer<typeof listedProjection>;

export const listProjections = defineQuery('identity-projection', 'list-projections', {
  request: nothing,
  value: z.object({ projections: z.array(listedProjection) }),
});

/** Rejections: `projection.unknown`, `projection.unknown-job`. */
export const getRebuild = defineQuery('identity-projection', 'get-rebuild', {
  request: named.extend({ job: z.uuid() }),
  value: rebuildJob,
});

export const parkedEvent = z.object({
  /** Of the event that failed; all later ones of its stream wait with it. */
  id: z.uuid(),
  projection: z.string(),
  /** For the commands that name it; shown to nobody, since it may be a keyed hash. */
  stream: z.string(),
  subject: z.string(),
  type: z.string(),
  revision: z.number().int(),
  position: z.string(),
  error: z.string(),
});
export const shownParkedEvent = parkedEvent.omit({ stream: true });
export type ShownParkedEvent = z.infer<typeof shownParkedEvent>;

/** What came of trying or passing over a parked event: whether something still waits there, and on what. */
export const triedParkedEvent = z.object({ id: z.uuid(), parked: z.boolean(), error: z.string().optional() });

/**
 * As many as fit into a message, from one of them on. Where the context demands a position, what operators decided up to
 * it has been tried.
 */
export const listParked = defineQuery('identity-projection', 'list-parked', {
  /** `from`: how many to leave out at the beginning. */
  request: named.extend({ from: z.number().int().nonnegative().optional() }),
  /** `next`: where to go on; null after the last one, and not there where an older peer tells all of them. */
  value: z.object({ parked: z.array(parkedEvent), next: z.number().int().nullable().optional() }),
});

/** Replays the log into a scratch copy: give it a deadline of minutes. Only whoever fills the rows can. */
export const verifyProjection = defineQuery('identity-projection', 'verify-projection', {
  request: named,
  value: z.object({
    rows: z.number().int(),
    /** Differing rows in all; the first hundred are listed, by key alone: their content is personal. */
    differing: z.number().int(),
    differences: z.array(
      z.object({ view: z.string(), key: z.string(), kind: z.enum(['missing', 'unexplained', 'different']) }),
    ),
  }),
});

/** The job is the id of the event that says it; the same command again names the same one. */
export const requestRebuild = defineCommand('auth-command', 'request-rebuild', {
  request: named,
  value: z.object({ job: z.uuid() }),
});

const parkedActions = {
  /** `stream`: where the event waits; left out where it does not wait, which only a repeat is answered to. */
  request: named.extend({ stream: z.string().max(256).optional(), eventId: z.uuid() }),
  /** `stream`: as the command that acted was given it. */
  value: z.object({ stream: z.string() }),
};
/** Rejections: `projection.not-parked`, `operation.already-discarded`. */
export const retryParkedEvent = defineCommand('auth-command', 'retry-parked-event', parkedActions);
/** For good: rebuilds pass over the event too. Rejection: `projection.not-parked`. */
export const discardParkedEvent = defineCommand('auth-command', 'discard-parked-event', parkedActions);
