import { z } from 'zod';
import { defineEvent, type EventOf } from '../event-registry.ts';
import { uuid } from '../fields.ts';

/** What becomes of the names and addresses of who is erased: nobody may ever take them, or they are free again. */
export const identifierPolicy = z.enum(['kept', 'freed']);
export type IdentifierPolicy = z.infer<typeof identifierPolicy>;

/** From here the erasure goes on to its end, whatever dies meanwhile. */
export const erasureRequested = defineEvent(
  'erasure.requested',
  z.object({ userId: uuid, identifiers: identifierPolicy }),
);
/** The person's key is deleted, and what it sealed can never be read again. */
export const erasureCompleted = defineEvent('erasure.completed', z.object({ userId: uuid }));

export const erasureEvents = [erasureRequested, erasureCompleted] as const;
export type ErasureEvent = EventOf<(typeof erasureEvents)[number]>;
