import { z } from 'zod';
import { defineCommand } from './message.ts';

const namedEvent = z.object({
  id: z.uuid(),
  type: z.string(),
  position: z.string(),
  revision: z.number().int().nonnegative(),
});

/** One field of one subject, with the events that changed it taken together. */
export const undoStep = z.object({
  subject: z.string(),
  field: z.string(),
  events: z.array(namedEvent),
  /** `ready`: the command would bring it back. `already`: it is as it was. `conflict`: changed since, see `against`. */
  standing: z.enum(['ready', 'already', 'conflict', 'cannot']),
  /** What would be done; values about a person whom the caller may not read are left out. */
  command: z.object({ name: z.string(), request: z.record(z.string(), z.unknown()) }).nullable(),
  /** Why it cannot be brought back, or was not. */
  reason: z.string().nullable(),
  against: namedEvent.nullable(),
  /** What came of it where it was applied: `done`, or the code of the error. */
  outcome: z.string().nullable(),
});
export type UndoStepObject = z.infer<typeof undoStep>;

/** More changes than this are undone in several steps: each has to be read by somebody before it is applied. */
export const mostUndone = 500;

/**
 * Plans how changes are undone, or undoes them with the rights that the caller has now: each step is a command like any
 * other, whose events name the event that they undo. Needs `manage:evident/audit`. Again: what was done is `already` so.
 */
export const undoChanges = defineCommand('auth-command', 'undo-changes', {
  request: z.object({
    /** What was asked of the gateway: by it the same again is known, though it may find more events by then. */
    selection: z.record(z.string().max(32), z.string().max(256)).optional(),
    /** In the order of the log; one more than `mostUndone` where there are more, of which only a repeat is answered. */
    events: z
      .array(z.object({ subject: z.string().max(240), revision: z.number().int().nonnegative(), id: z.uuid() }))
      .max(mostUndone + 1),
    apply: z.boolean(),
  }),
  value: z.object({
    steps: z.array(undoStep),
    /** False where time ran out: the same again goes on. */
    complete: z.boolean(),
    /** Where the first time began to act, in a repeat: what was selected from there on was left out. */
    began: z.string().nullable(),
  }),
});

/** What operators are told of it: of how many events, and whether it was done or only planned. */
export const undone = undoChanges.value.omit({ began: true }).extend({ events: z.int(), applied: z.boolean() });
export type Undone = z.infer<typeof undone>;
