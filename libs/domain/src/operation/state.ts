import type { OperationEvent } from './events.ts';

export interface OperationState {
  /** Ids of the events that this projection never applies. */
  readonly discarded: ReadonlySet<string>;
}

export const initialOperation: OperationState = { discarded: new Set() };

export function evolveOperation(state: OperationState, event: OperationEvent): OperationState {
  if (event.type !== 'projection.event-discarded') return state;
  return { discarded: new Set(state.discarded).add(event.data.eventId) };
}
