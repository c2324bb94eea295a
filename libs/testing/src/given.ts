import { deepStrictEqual } from 'node:assert/strict';
import { type Decider, type DomainEvent, fold } from '@evident/domain';

/** What a decider answers when it refuses; `reject(code, details)` of the domain makes one. */
export interface Rejection<Code extends string = string> {
  readonly accepted: false;
  readonly code: Code;
  readonly details?: Readonly<Record<string, unknown>>;
}

export interface Given<Command, State, Event extends DomainEvent, Code extends string> {
  /** Decides the commands one after the other, each on what the ones before it left; the last decision is judged. */
  when(...commands: readonly [Command, ...Command[]]): When<State, Event, Code>;
}

export interface When<State, Event extends DomainEvent, Code extends string> {
  /** Exactly these events of the last command, in this order (none: it was already so), or exactly this rejection. */
  then(expected: readonly Event[] | Rejection<Code>): void;
  /** The state after the events of all commands. */
  readonly state: State;
}

/**
 * A rule of a decider, told as an example: given what has happened, when a command comes, then these events or this
 * rejection. Fails as an assertion of `node:assert` does, so that any runner prints the difference.
 */
export function given<Command, State, Event extends DomainEvent, Code extends string>(
  decider: Decider<Command, State, Event, Code>,
  events: readonly Event[],
): Given<Command, State, Event, Code> {
  return {
    when(first, ...others) {
      let before = fold(decider, decider.initial, events);
      let decision = decider.decide(first, before);
      for (const command of others) {
        before = decision.accepted ? fold(decider, before, decision.events) : before;
        decision = decider.decide(command, before);
      }
      return {
        // biome-ignore lint/suspicious/noThenProperty: reads as given, when, then; it is never awaited or returned.
        then: (expected) =>
          deepStrictEqual(decision, 'code' in expected ? expected : { accepted: true, events: expected }),
        state: decision.accepted ? fold(decider, before, decision.events) : before,
      };
    },
  };
}
