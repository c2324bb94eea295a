import { accept, type Decider, reject } from '../decider.ts';
import type { OperationCommand } from './commands.ts';
import type { OperationEvent } from './events.ts';
import { evolveOperation, initialOperation, type OperationState } from './state.ts';

export type OperationRejection = 'operation.already-discarded';

/** What operators decide about one projection, on its stream `projection-<tenant>.<name>`. */
export const operationDecider: Decider<OperationCommand, OperationState, OperationEvent, OperationRejection> = {
  initial: initialOperation,
  evolve: evolveOperation,
  decide(command, state) {
    const { type, projection } = command;
    if (type === 'request-rebuild') return accept({ type: 'projection.rebuild-requested', data: { projection } });
    const { stream, eventId } = command;
    const data = { projection, stream, eventId };
    const discarded = state.discarded.has(eventId);
    if (type === 'discard-parked-event') {
      return discarded ? accept() : accept({ type: 'projection.event-discarded', data });
    }
    return discarded ? reject('operation.already-discarded') : accept({ type: 'projection.retry-requested', data });
  },
};
