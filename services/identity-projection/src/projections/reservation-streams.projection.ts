import { type EventOf, reservationClaimed } from '@evident/domain';
import { subjectOf } from '@evident/evidence';
import type { Projection, View } from '@evident/read-model';
import { type Projected, typesOf } from './projected.ts';

/** The stream of a reservation, under its subject, which says nothing of what is claimed. */
export type ReservationStreamRow = { readonly stream: string };

export const reservationStreamsView: View<ReservationStreamRow> = {
  name: 'reservation-streams',
  version: 1,
  indexes: [],
};

export const reservationStreamsProjection: Projection<
  ReservationStreamRow,
  Projected<EventOf<typeof reservationClaimed>>
> = {
  name: 'reservation-streams',
  view: reservationStreamsView,
  types: typesOf([reservationClaimed]),
  keys: ({ stream }) => [subjectOf(stream)],
  evolve: (_row, { stored }) => ({ stream: stored.stream }),
};
