import type { JsonObject, Position } from '@evident/event-store';
import type { RowQuery } from './row-query.ts';

/**
 * Where views live. A row is one aggregate or one edge, its key computable from the event that changes it. Only
 * the projection runner writes; queries read. Rows are plain JSON objects, shared between callers: never change one.
 */

/** A view, declared once. Another shape of rows is another version, built beside the old one. */
export interface View<Row extends JsonObject = JsonObject> extends AnyView {
  readonly indexes: readonly (readonly (keyof Row & string)[])[];
}

/** A view of whatever rows, for code that only carries it. */
export interface AnyView {
  /** Lower case letters, digits and `-`. */
  readonly name: string;
  readonly version: number;
  /** Compound look-up indexes by member name, none unique. Indexed members hold text, numbers, booleans or null. */
  readonly indexes: readonly (readonly string[])[];
}

/** A row as it stands. */
export interface StoredRow<Row extends JsonObject = JsonObject> {
  readonly key: string;
  /** Undefined where removed: the marked row (tombstone) that stays for the life of the view's version. */
  readonly row: Row | undefined;
  /** Of the last event that this content includes. */
  readonly position: Position;
  /** Id of the last event that a retry brought to this row, see `RowWrite.late`. */
  readonly late?: string;
}

export interface RowWrite<Row extends JsonObject = JsonObject> {
  /** Well-formed text of at most 1,024 code units. */
  readonly key: string;
  /** Undefined leaves a tombstone. */
  readonly row: Row | undefined;
  /** Of the last event that this content includes; a row that is already there, or further, keeps its content. */
  readonly position: Position;
  /**
   * Set by a retry to the id of the last event that it brings. Where the row stands exactly at `position` and does
   * not carry this id yet, the write replaces it all the same: that is how an older event reaches a row that other
   * streams have moved on (a count), once, however often the retry is repeated.
   */
  readonly late?: string;
}

/** Up to where a group has applied the log. */
export interface Progress {
  /** Everything up to and including it has been applied. Names its log. */
  readonly position: Position;
  /** How many events of the log that is. */
  readonly events: number;
}

/** How far a group of views has come. */
export interface Checkpoint {
  /** Undefined before the first batch. */
  readonly position: Position | undefined;
  readonly events: number;
  /** Raised by each takeover; a write of an older epoch is refused by the store. */
  readonly epoch: number;
  /** The set of rows that readers see, `blue` at first; see `ReadModelStore.beside`. */
  readonly generation: string;
  /** The views (`name@version`) that were filled from the beginning of the log up to `position`. */
  readonly views: readonly string[];
}

/** A poison event: its stream waits for this projection, the rest moves on. */
export interface ParkedEvent {
  readonly projection: string;
  /** The event that failed and all later ones of this stream wait. */
  readonly stream: string;
  readonly eventId: string;
  readonly type: string;
  readonly revision: number;
  readonly position: Position;
  /** What was thrown, as text. */
  readonly error: string;
  /** Keys, as far as they could be computed, of rows that the waiting events would change. */
  readonly keys: readonly string[];
}

export interface ParkedStream {
  readonly projection: string;
  readonly stream: string;
}

export interface Batch {
  readonly epoch: number;
  /** The new checkpoint, which never moves back; left out where it stays. */
  readonly progress?: Progress;
  /** At most one write for each key of a view. */
  readonly writes: ReadonlyMap<AnyView, readonly RowWrite[]>;
  /** Streams that wait no longer; taken away before `parked` is put in. */
  readonly unparked?: readonly ParkedStream[];
  /** Newly parked, or parked already: then the first event stays and the keys are added. */
  readonly parked?: readonly ParkedEvent[];
}

/** `stale-epoch`: another runner has taken the group over, `current` is its epoch; nothing was changed. */
export type BatchOutcome =
  | { readonly outcome: 'applied' }
  | { readonly outcome: 'stale-epoch'; readonly current: number };

export interface StartOver {
  readonly epoch: number;
  /** Views whose rows are dropped before anything else. */
  readonly drop: readonly AnyView[];
  /** Projections whose parked streams are forgotten: those of the dropped views. */
  readonly forget: readonly string[];
  /** Views that the group fills from now on. */
  readonly views: readonly AnyView[];
}

export interface Note {
  readonly key: string;
  readonly note: JsonObject;
}

export interface ReadModelStore {
  /** Makes what the views need (tables, indexes). Idempotent; call before anything else with them. */
  prepare(views: readonly AnyView[]): Promise<void>;

  /** Takes the group over: raises its epoch, so that every earlier owner's writes are refused from now on. */
  takeOver(group: string): Promise<Checkpoint>;

  /** Undefined where the group was never taken over. */
  readCheckpoint(group: string): Promise<Checkpoint | undefined>;

  /** Names of the groups that were taken over and whose name begins so, in order of name by code point. */
  readGroups(prefix: string): Promise<readonly string[]>;

  /**
   * Ends a group for good: checkpoint, epoch and parking are gone, and whoever owned it is refused from now on, as epoch
   * 0 is what there is. Taken over again it begins with epoch 1, so only a group that nobody comes back to may be
   * forgotten. `misuse` of one that fills views: it says where their rows lie. Idempotent.
   */
  forgetGroup(group: string): Promise<void>;

  /** Puts the group before the first event. Repeatable after a crash at any point of it. */
  startOver(group: string, request: StartOver): Promise<BatchOutcome>;

  /**
   * Names the views that the group keeps up from now on, all of them filled; the checkpoint stays where it is. A view
   * that is left out is no longer filled, however far its rows had come.
   */
  keepViews(
    group: string,
    request: { readonly epoch: number; readonly views: readonly AnyView[] },
  ): Promise<BatchOutcome>;

  /**
   * Writes what is parked newly, then rows, then what is parked no longer, then the checkpoint; readers never see the
   * checkpoint before the rows. In this order a crash loses nothing: a row at a position is proof that whatever of its
   * events is missing in it is parked.
   *
   * Each row is guarded by its position (see `RowWrite`). Refused whole with `stale-epoch` where the group was
   * taken over; a store without transactions may let rows of a refused or interrupted batch through, and they
   * change nothing that a replay would not write again. Idempotent: any batch any number of times.
   */
  applyBatch(group: string, batch: Batch): Promise<BatchOutcome>;

  /** The rows of these keys, tombstones included; keys never written are absent. */
  getMany<Row extends JsonObject>(
    view: View<Row>,
    keys: readonly string[],
  ): Promise<ReadonlyMap<string, StoredRow<Row>>>;

  /** One live row, undefined where absent or removed. Sees every batch that was applied, by whichever process. */
  get<Row extends JsonObject>(view: View<Row>, key: string): Promise<Row | undefined>;

  /** Live rows by an index, in its order. Counting is no query: counts are rows that a projection keeps. */
  find<Row extends JsonObject>(view: View<Row>, query: RowQuery<Row>): Promise<readonly StoredRow<Row>[]>;

  /**
   * The keys of what `find` answers, in the same order. They come from the index alone, without a look at the rows: for
   * edges, whose key (`<user>|<app>`) says what they join.
   */
  findKeys<Row extends JsonObject>(view: View<Row>, query: RowQuery<Row>): Promise<readonly string[]>;

  /** All rows, tombstones included, in key order, strictly after a key: to compare and to check, not to serve. */
  scan<Row extends JsonObject>(
    view: View<Row>,
    page: { readonly after?: string; readonly limit: number },
  ): Promise<readonly StoredRow<Row>[]>;

  /** In order of position, then of projection; their keys by code point. */
  readParked(group: string): Promise<readonly ParkedEvent[]>;

  /** Drops a view's rows whole (an old version, a generation after its swap). Nobody may write it meanwhile. */
  drop(view: AnyView): Promise<void>;

  /**
   * Drops what nobody reads any more: rows of versions of views, wherever they lie, that no group keeps up and that are not
   * among `read` (ids of views), and whole generations beside that hold such rows. Tells whether there was any.
   * Interrupted, it goes on with the next call.
   */
  dropUnread(read: ReadonlySet<string>): Promise<boolean>;

  /**
   * The same groups and views with rows, checkpoints, epochs and parking of their own, which readers do not see: to
   * build a group anew beside the one that serves, or to compare. What it holds stays until it is dropped, so begin
   * with `startOver`. Shares the connection; closing it lets go of nothing. `generation` is a short lower-case word.
   */
  beside(generation: string): ReadModelStore;

  /**
   * Gives readers the rows that were built beside, and the group the checkpoint and parking that belong to them, all
   * in one step: no reader sees rows of one and the checkpoint of the other. The epoch stays. The rows before lie
   * `beside` under their own generation, until they are dropped. `misuse` where nothing was built there.
   */
  adopt(group: string, request: { readonly epoch: number; readonly generation: string }): Promise<BatchOutcome>;

  /**
   * Keeps a fact that the log does not say: how far a job is, who reads which rows. The last write wins; undefined
   * removes it. Keys are as those of rows. What is `beside` has the same notes.
   */
  putNote(key: string, note: JsonObject | undefined): Promise<void>;

  /** Notes whose key begins so, in order of key by code point; sees what any connection wrote. */
  readNotes(prefix: string): Promise<readonly Note[]>;

  /**
   * Makes sure that what was removed or overwritten so far can be found nowhere in the store's files. Called after a
   * person was erased. A store that has no hold on its files does nothing, and says so where it is described.
   */
  scrub(): Promise<void>;

  /** Lets go of the store. Idempotent; every later call is a `closed` fault. */
  close(): Promise<void>;
}

/** The view of an id, to drop its rows: its indexes are not known. */
export function viewNamed(id: string): AnyView {
  const at = id.lastIndexOf('@');
  return { name: id.slice(0, at), version: Number(id.slice(at + 1)), indexes: [] };
}

/** How a view is named in checkpoints and reports. */
export function viewId(view: Pick<AnyView, 'name' | 'version'>): string {
  return `${view.name}@${view.version}`;
}
