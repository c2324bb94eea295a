import { accept, type Decider, reject } from '../decider.ts';
import type { ErasureCommand } from './commands.ts';
import type { ErasureEvent } from './events.ts';
import { type ErasuresState, evolveErasures, initialErasures } from './state.ts';

/** Asked of a stream that knows nothing of it: the steps of an erasure were taken in another order. */
export type ErasureRejection = 'erasure.not-requested';

/** Who is to be erased, and who was (`erasures-<tenant>`). What was asked for once is not asked for again. */
export const erasureDecider: Decider<ErasureCommand, ErasuresState, ErasureEvent, ErasureRejection> = {
  initial: initialErasures,
  evolve: evolveErasures,
  decide(command, { erasures }) {
    const { userId } = command;
    const erasure = erasures.get(userId);
    if (command.type === 'request-erasure') {
      if (erasure !== undefined) return accept();
      return accept({ type: 'erasure.requested', data: { userId, identifiers: command.identifiers } });
    }
    if (erasure === undefined) return reject('erasure.not-requested');
    return erasure.completed ? accept() : accept({ type: 'erasure.completed', data: { userId } });
  },
};
