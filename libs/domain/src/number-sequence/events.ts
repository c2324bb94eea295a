import { z } from 'zod';
import { defineEvent, type EventOf } from '../event-registry.ts';
import { serial, uuid } from '../fields.ts';

/** The integer `value` is the holder's for ever; it stands at revision `value - 1`, so it is found by reading one event. */
export const numberAllocated = defineEvent('number.allocated', z.object({ value: serial, holder: uuid }));

export const numberSequenceEvents = [numberAllocated] as const;
export type NumberSequenceEvent = EventOf<typeof numberAllocated>;
