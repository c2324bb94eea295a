import type { Seal, SealEvent } from './events.ts';

/** Each seal says all that the next one needs, so a fold may begin at the last event. */
export interface SealsState {
  readonly last: Seal | undefined;
}

export const initialSeals: SealsState = { last: undefined };

export function evolveSeals(_state: SealsState, event: SealEvent): SealsState {
  return { last: event.data };
}
