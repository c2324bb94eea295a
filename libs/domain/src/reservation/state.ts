import type { ReservationEvent } from './events.ts';

export interface ReservationState {
  readonly current: { readonly claimId: string; readonly holder: string; readonly claimedAt: number } | undefined;
}

export const initialReservation: ReservationState = { current: undefined };

export function evolveReservation(state: ReservationState, event: ReservationEvent): ReservationState {
  switch (event.type) {
    case 'reservation.claimed':
      return { current: event.data };
    case 'reservation.released':
      return state.current?.claimId === event.data.claimId ? initialReservation : state;
  }
}
