import { accept, type Decider, reject } from '../decider.ts';
import type { AssertionEvent } from './events.ts';

export interface AcceptAssertion {
  readonly type: 'accept-assertion';
  readonly agentId: string;
  readonly purpose: 'token' | 'scopes';
  readonly audience: string | null;
  readonly scopes: readonly string[];
  readonly generation: number;
  readonly now: number;
  readonly expiresAt: number;
}

/** What was taken, or undefined where nothing was yet. */
export interface AssertionState {
  readonly accepted: AssertionEvent['data'] | undefined;
}

export const initialAssertion: AssertionState = { accepted: undefined };

export const assertionDecider: Decider<AcceptAssertion, AssertionState, AssertionEvent, 'assertion.used'> = {
  initial: initialAssertion,
  evolve: (_, event) => ({ accepted: event.data }),
  decide(command, state) {
    // The same command is recognised by its event before this is asked; another one brings a used statement.
    if (state.accepted !== undefined) return reject('assertion.used');
    const { type: _, now, scopes, ...members } = command;
    return accept({ type: 'assertion.accepted', data: { ...members, scopes: [...scopes], acceptedAt: now } });
  },
};
