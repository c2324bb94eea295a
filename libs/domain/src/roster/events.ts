import { z } from 'zod';
import { defineEvent, type EventOf } from '../event-registry.ts';
import { uuid } from '../fields.ts';

export const rosterGranted = defineEvent('roster.granted', z.object({ userId: uuid }));
/** Still an administrator, but disabled: does not count as one who is left. */
export const rosterSuspended = defineEvent('roster.suspended', z.object({ userId: uuid }));
export const rosterRevoked = defineEvent('roster.revoked', z.object({ userId: uuid }));
export const rosterOwnerClaimed = defineEvent('roster.owner-claimed', z.object({ userId: uuid }));

export const rosterEvents = [rosterGranted, rosterSuspended, rosterRevoked, rosterOwnerClaimed] as const;
export type RosterEvent = EventOf<(typeof rosterEvents)[number]>;
