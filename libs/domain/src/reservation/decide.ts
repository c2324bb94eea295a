import { accept, type Decider, reject } from '../decider.ts';
import type { ReservationCommand } from './commands.ts';
import type { ReservationEvent } from './events.ts';
import { evolveReservation, initialReservation, type ReservationState } from './state.ts';

/** `held`: another claim is in the way, the current one of the state. */
export type ReservationRejection = 'reservation.held';

/**
 * Holds one identifier value for one user. It orders rivals and decides nothing about who owns the value: that a
 * claim is complete, ended or abandoned is a fact of the holder's stream.
 */
export const reservationDecider: Decider<ReservationCommand, ReservationState, ReservationEvent, ReservationRejection> =
  {
    initial: initialReservation,
    evolve: evolveReservation,
    decide(command, { current }) {
      if (command.type === 'release') {
        if (current?.claimId !== command.claimId) return accept();
        return accept({ type: 'reservation.released', data: { claimId: command.claimId } });
      }
      const { claimId, holder, now, superseding } = command;
      const claimed: ReservationEvent = { type: 'reservation.claimed', data: { claimId, holder, claimedAt: now } };
      if (current === undefined) return accept(claimed);
      if (current.claimId === claimId) return accept();
      if (current.claimId !== superseding) return reject('reservation.held');
      return accept<ReservationEvent>({ type: 'reservation.released', data: { claimId: superseding } }, claimed);
    },
  };
