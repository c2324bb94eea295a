import { accept, type Decider, reject } from '../decider.ts';
import type { AcceptAssertion } from './commands.ts';
import type { AssertionEvent } from './events.ts';
import { type AssertionState, evolveAssertion, initialAssertion } from './state.ts';

/** The statement was taken before, by another command. */
export type AssertionRejection = 'assertion.used';

/** One statement of an agent, on a stream of its own, so that it is taken once. */
export const assertionDecider: Decider<AcceptAssertion, AssertionState, AssertionEvent, AssertionRejection> = {
  initial: initialAssertion,
  evolve: evolveAssertion,
  decide(command, state) {
    // The same command is recognised by its event before this is asked; another one brings a used statement.
    if (state.accepted !== undefined) return reject('assertion.used');
    const { type: _, now, scopes, ...members } = command;
    return accept({ type: 'assertion.accepted', data: { ...members, scopes: [...scopes], acceptedAt: now } });
  },
};
