/** A fact that happened: a stable stored name (`user.registered`) and its data in the newest shape. */
export interface DomainEvent<Type extends string = string, Data = unknown> {
  readonly type: Type;
  readonly data: Data;
}

/** What a command comes to: the events it causes (none where it is already so), or why it is refused. */
export type Decision<Event extends DomainEvent, Code extends string = string> =
  | { readonly accepted: true; readonly events: readonly Event[] }
  | { readonly accepted: false; readonly code: Code; readonly details?: Readonly<Record<string, unknown>> };

/**
 * One aggregate as three pure values. Both functions are synchronous and total: they never throw, and read no
 * clock, randomness or I/O; whatever is timed or random arrives in the command. Times, in commands, events and states
 * alike, are milliseconds since the epoch where their name does not say otherwise.
 */
export interface Decider<Command, State, Event extends DomainEvent, Code extends string = string> {
  /** The state of a stream with no events. */
  readonly initial: State;
  /** "Already so" is accepted with no events, so the same command a second time changes nothing. */
  decide(command: Command, state: State): Decision<Event, Code>;
  evolve(state: State, event: Event): State;
}

export function accept<Event extends DomainEvent>(
  ...events: readonly Event[]
): { accepted: true; events: readonly Event[] } {
  return { accepted: true, events };
}

export function reject<Code extends string>(
  code: Code,
  details?: Readonly<Record<string, unknown>>,
): { accepted: false; code: Code; details?: Readonly<Record<string, unknown>> } {
  return details === undefined ? { accepted: false, code } : { accepted: false, code, details };
}

/** The state after `events`, in stream order, beginning from `state`. */
export function fold<State, Event extends DomainEvent>(
  decider: Pick<Decider<never, State, Event>, 'evolve'>,
  state: State,
  events: Iterable<Event>,
): State {
  let folded = state;
  for (const event of events) folded = decider.evolve(folded, event);
  return folded;
}
