import type { Json, JsonObject } from '@evident/event-store';

/** A command of auth-command, by the name of its contract, that would bring a field back. */
export interface UndoCommand {
  readonly name: string;
  readonly request: JsonObject;
}

/** One thing about a subject that events change and a command can set. */
export interface Field<State = never> {
  /** Tells it from others of the same subject: `isActive`, `app:<uuid>`. */
  readonly name: string;
  readonly read: (state: State) => Json;
  /** What sets it to this value, on the subject as it is now; undefined where nothing can. */
  readonly restore: (id: string, value: Json, now: State) => UndoCommand | undefined;
}

/** What an undo does about an event. */
export type UndoRule<State = never> =
  | { readonly kind: 'field'; readonly fieldOf: (data: never) => Field<State> }
  /** It made the subject; to undo it is to remove it. */
  | { readonly kind: 'making'; readonly remove: (id: string, now: State) => UndoCommand }
  /** It comes with another event, or of itself, and goes with what is done about that. */
  | { readonly kind: 'consequence' }
  | { readonly kind: 'cannot'; readonly because: string };

export type UndoRules<State = never> = Readonly<Record<string, UndoRule<State>>>;

export const consequence: UndoRule = { kind: 'consequence' };
export const cannot = (because: string): UndoRule => ({ kind: 'cannot', because });

/** Ties the types of a rule together, and forgets them for code that goes over all. */
export function field<State, Data>(fieldOf: (data: Data) => Field<State>): UndoRule {
  return { kind: 'field', fieldOf: fieldOf as unknown as (data: never) => Field };
}

export function making<State>(remove: (id: string, now: State) => UndoCommand): UndoRule {
  return { kind: 'making', remove: remove as unknown as (id: string, now: never) => UndoCommand };
}
