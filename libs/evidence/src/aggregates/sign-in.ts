import type { SignInEvent } from '@evident/domain';
import { type Aggregate, asItIs, asTime } from './aggregate.ts';

/** What the attempts of a user, or of nobody, come to. No decision needs it: theirs is made of the user's own stream. */
interface SignIns {
  readonly succeeded: number;
  readonly failed: number;
  readonly throttled: number;
  /** Milliseconds since the epoch. */
  readonly lastSucceededAt: number | null;
  readonly lastFailedAt: number | null;
}

const initial: SignIns = { succeeded: 0, failed: 0, throttled: 0, lastSucceededAt: null, lastFailedAt: null };

function evolve(state: SignIns, { type, data }: SignInEvent): SignIns {
  switch (type) {
    case 'signin.succeeded':
      return { ...state, succeeded: state.succeeded + 1, lastSucceededAt: data.at };
    case 'signin.failed':
      return { ...state, failed: state.failed + 1, lastFailedAt: data.at };
    case 'signin.throttled':
      return { ...state, throttled: state.throttled + data.count };
  }
}

export const signInAggregate: Aggregate<SignIns, SignInEvent> = {
  category: 'signin',
  decider: { initial, evolve },
  exists: () => true,
  shown: {
    succeeded: asItIs,
    failed: asItIs,
    throttled: asItIs,
    lastSucceededAt: asTime,
    lastFailedAt: asTime,
  },
};
