import type { JsonObject, StoredEvent } from '@evident/event-store';
import type { View } from './read-model.port.ts';

/**
 * From event to row changes, pure. The runner asks `key` which row an event touches (undefined: none), loads all
 * rows of a batch in one query and calls `evolve` in log order. A row's content comes from its own events only;
 * what lies in other rows is joined by key when it is read, never fanned out.
 */
export interface Projection<Row extends JsonObject, Event = ProjectedEvent> {
  readonly name: string;
  readonly view: View<Row>;
  /** Event types that it applies; the rest is skipped without a look-up. */
  readonly types: ReadonlySet<string>;
  /** Keys of the rows that this event changes, computed from the event alone. */
  keys(event: Event): readonly string[];
  /** The row after the event; undefined removes it. Called once for each key. */
  evolve(row: Row | undefined, event: Event, key: string): Row | undefined;
}

/** An event as projections see it: newest schema, personal members opened (or `"erased"`). */
export interface ProjectedEvent {
  readonly stored: StoredEvent;
  readonly type: string;
  readonly stream: { readonly category: string; readonly tenant: string; readonly id: string };
  readonly data: unknown;
}

/** Turns stored events into what projections see; a throw means that the event is poison. */
export type DecodeEvent = (stored: StoredEvent) => ProjectedEvent;
