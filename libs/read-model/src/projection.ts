import type { JsonObject, StoredEvent } from '@evident/event-store';
import type { AnyView, View } from './read-model.port.ts';

/**
 * From event to row changes, pure: no clock, no randomness, no change of what it is given. The runner asks `keys`
 * which rows an event touches, loads all rows of a batch in one query and calls `evolve` in log order. A row's
 * content comes from its own events only; what lies in other rows is joined by key when it is read.
 *
 * A throw parks the event's stream for this projection (see `ParkedEvent`). One view has one projection.
 */
export interface Projection<Row extends JsonObject, Event extends ProjectedEvent = ProjectedEvent>
  extends AnyProjection {
  readonly view: View<Row>;
  keys(event: Event): readonly string[];
  evolve(row: Row | undefined, event: Event, key: string): Row | undefined;
}

/** A projection of whatever rows and events, as the runner sees it. */
export interface AnyProjection {
  readonly name: string;
  readonly view: AnyView;
  /** Stored names of the event types that it applies; the rest is skipped without decoding. */
  readonly types: ReadonlySet<string>;
  /**
   * Set where several streams feed one row and their events commute (counts): a retried event is then applied to
   * the row as it stands. Otherwise a row that has moved past a retried event keeps its content.
   */
  readonly commutes?: true;
  /**
   * Set where each row comes from one event alone and `evolve` looks at no row before it: none is loaded then. What is
   * there already has that event's position, and stays as it is. Rows that events of the types in `changesOthers` touch
   * are those of other events, and are loaded.
   */
  readonly rowPerEvent?: true;
  readonly changesOthers?: ReadonlySet<string>;
  /**
   * Set where it matters of an event that it was recorded, and not what it says: every event is applied then, also one
   * of a type or of a shape that this program does not know. Those of these types are decoded, all others are seen as
   * they are stored.
   */
  readonly decodesOnly?: ReadonlySet<string>;
  /** Keys of the rows that this event changes, computed from the event alone; none where it changes nothing. */
  keys(event: ProjectedEvent): readonly string[];
  /** The row after the event, undefined to remove it. Called once for each key, never twice for one event. */
  evolve(row: JsonObject | undefined, event: ProjectedEvent, key: string): JsonObject | undefined;
}

/** An event as projections see it: newest schema, personal members opened (or `"erased"`). */
export interface ProjectedEvent {
  readonly stored: StoredEvent;
  readonly type: string;
  readonly stream: { readonly category: string; readonly tenant: string; readonly id: string };
  readonly data: unknown;
}

/**
 * Turns a stored event into what projections see; a throw means that the event is poison. `asStored`: for a projection
 * to which the content is all the same, so that whatever can be told of the event without it is not lost.
 */
export type DecodeEvent = (stored: StoredEvent, asStored?: boolean) => ProjectedEvent;

/**
 * Called once for each batch, with those of its events that some projection applies: the place to load person keys
 * together. A rejection is a fault and the batch is tried again; poison is what the returned function throws.
 */
export type DecodeBatch = (events: readonly StoredEvent[]) => DecodeEvent | Promise<DecodeEvent>;
