import { z } from 'zod';
import { defineEvent, type EventOf } from '../event-registry.ts';
import { uuid } from '../fields.ts';

const parkedEvent = z.object({ projection: z.string().min(1), stream: z.string().min(1), eventId: uuid });
/** A stream may be named by a keyed hash; the event that is named tells which one it is. */
const secret = ['stream'] as const;

/** An operator asked that a parked aggregate be applied again from its failed event. */
export const projectionRetryRequested = defineEvent('projection.retry-requested', parkedEvent, { secret });
/** An operator decided that this one event is never applied by this projection. */
export const projectionEventDiscarded = defineEvent('projection.event-discarded', parkedEvent, { secret });
/** An operator asked for rows built anew beside those that serve. The id of the event names the work. */
export const projectionRebuildRequested = defineEvent(
  'projection.rebuild-requested',
  z.object({ projection: z.string().min(1) }),
);

export const operationEvents = [
  projectionRetryRequested,
  projectionEventDiscarded,
  projectionRebuildRequested,
] as const;
export type OperationEvent = EventOf<(typeof operationEvents)[number]>;
