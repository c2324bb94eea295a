import type { NumberSequenceEvent } from './events.ts';

/** Only the stream's last event matters: the value after it is the next. */
export interface NumberSequenceState {
  readonly last: { readonly value: number; readonly holder: string } | undefined;
}

export const initialNumberSequence: NumberSequenceState = { last: undefined };

export function evolveNumberSequence(_state: NumberSequenceState, event: NumberSequenceEvent): NumberSequenceState {
  return { last: event.data };
}
