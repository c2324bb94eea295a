import type { AssertionEvent } from './events.ts';

/** What was taken, or undefined where nothing was yet. */
export interface AssertionState {
  readonly accepted: AssertionEvent['data'] | undefined;
}

export const initialAssertion: AssertionState = { accepted: undefined };

export function evolveAssertion(_: AssertionState, event: AssertionEvent): AssertionState {
  return { accepted: event.data };
}
