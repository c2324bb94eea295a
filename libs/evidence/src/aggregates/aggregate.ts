import type { Decider, DomainEvent } from '@evident/domain';
import type { Json } from '@evident/event-store';

/** A member of the state that only decisions need, or that nobody may see. */
export const internal = 'internal';

/**
 * What a reader is shown of a state, member by member: `internal`, or how the member looks as JSON. Every member must
 * say so, so that a new one is neither shown nor hidden by oversight.
 */
export type Shown<State> = {
  readonly [Member in keyof Required<State>]: typeof internal | ((value: State[Member], state: State) => Json);
};

/** An aggregate as an auditor sees it: folded by the very `evolve` by which commands are decided. */
export interface Aggregate<State = never, Event extends DomainEvent = never> {
  /** First part of its streams' names. */
  readonly category: string;
  readonly decider: Pick<Decider<never, State, Event>, 'initial' | 'evolve'>;
  /** From the event that made it; what was removed still exists. */
  exists(state: State): boolean;
  /** Each event says all that there is to say: of a stream as long as the log only its end is folded. */
  readonly endTellsAll?: true;
  readonly shown: Shown<State>;
  /** Members that a reader expects and the state has in another form. */
  readonly derived?: Readonly<Record<string, (state: State) => Json>>;
}

/** An aggregate with its types tied inside, as code that goes over all of them uses it. */
export interface FoldedAggregate {
  readonly category: string;
  /** See `Aggregate`. */
  readonly endTellsAll: boolean;
  /** The state before any event; opaque. */
  readonly initial: unknown;
  evolve(state: unknown, event: DomainEvent): unknown;
  /** What a reader is shown, null where it does not exist. */
  show(state: unknown): Readonly<Record<string, Json>> | null;
}

/** Unties the types: events reach `evolve` only from streams of the aggregate's own category. */
export function folded<State, Event extends DomainEvent>(aggregate: Aggregate<State, Event>): FoldedAggregate {
  const { category, decider, exists, endTellsAll = false } = aggregate;
  return {
    category,
    endTellsAll,
    initial: decider.initial,
    evolve: (state, event) => decider.evolve(state as State, event as Event),
    show: (state) => (exists(state as State) ? show(aggregate, state as State) : null),
  };
}

function show<State>({ shown, derived = {} }: Pick<Aggregate<State>, 'shown' | 'derived'>, state: State) {
  const members: Record<string, Json> = {};
  for (const [member, look] of Object.entries(derived)) members[member] = look(state);
  for (const [member, look] of Object.entries(shown) as [keyof State & string, Shown<State>[keyof State]][]) {
    if (look !== internal) members[member] = look(state[member], state);
  }
  return members;
}

/** The member as it is. */
export const asItIs = <Value extends Json>(value: Value): Json => value;
/** Milliseconds since the epoch as RFC 3339; null where it has not come about. */
export const asTime = (value: number | null | undefined): Json =>
  value === undefined || value === null ? null : new Date(value).toISOString();
export const orNull = <Value extends Json>(value: Value | undefined): Json => value ?? null;
/** An id as a subject. */
export const asSubject =
  (kind: string) =>
  (id: string | null | undefined): Json =>
    id === undefined || id === null || id === '' ? null : `${kind}:${id}`;
export const asSubjects =
  (kind: string) =>
  (ids: Iterable<string>): Json =>
    [...ids].map((id) => `${kind}:${id}`).toSorted();
