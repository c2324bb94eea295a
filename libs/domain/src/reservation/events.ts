import { z } from 'zod';
import { defineEvent, type EventOf } from '../event-registry.ts';
import { instant, uuid } from '../fields.ts';

/** The value that this stream names is held for `holder`, until its own stream says that the claim has ended. */
export const reservationClaimed = defineEvent(
  'reservation.claimed',
  z.object({ claimId: uuid, holder: uuid, claimedAt: instant }),
);
export const reservationReleased = defineEvent('reservation.released', z.object({ claimId: uuid }));

export const reservationEvents = [reservationClaimed, reservationReleased] as const;
export type ReservationEvent = EventOf<(typeof reservationEvents)[number]>;
