import type { Json, JsonObject, Position } from '@evident/event-store';

/**
 * Where views live. A row is one aggregate or one edge, its key computable from the event that changes it. Only
 * the projection runner writes; queries read. Rows are plain JSON objects.
 */

/** A view, declared once. Another shape of rows is another version, built beside the old one. */
export interface View<Row extends JsonObject = JsonObject> {
  readonly name: string;
  readonly version: number;
  /** Compound look-up indexes by member name, none unique; every filter and sort is a prefix of one of them. */
  readonly indexes: readonly (readonly (keyof Row & string)[])[];
}

/** A row as it stands: its content (undefined where removed: a tombstone) and the position that last wrote it. */
export interface StoredRow<Row extends JsonObject = JsonObject> {
  readonly key: string;
  readonly row: Row | undefined;
  readonly position: Position;
}

export interface RowWrite<Row extends JsonObject = JsonObject> {
  readonly key: string;
  /** Undefined leaves a marked row (tombstone) that lives as long as the view's version. */
  readonly row: Row | undefined;
  /** Position of the event that this content includes; an equal or later one in the store wins. */
  readonly position: Position;
}

export interface Checkpoint {
  /** Everything up to and including this position has been applied; undefined before the first batch. */
  readonly position: Position | undefined;
  /** Raised by each takeover; a write of an older epoch is refused by the store. */
  readonly epoch: number;
}

/** A poison event: its aggregate waits for this projection, the rest moves on. */
export interface ParkedEvent {
  readonly group: string;
  readonly projection: string;
  readonly stream: string;
  /** The event that failed and all later ones of its stream wait from here. */
  readonly eventId: string;
  readonly position: Position;
  readonly error: string;
}

export type BatchOutcome = { readonly outcome: 'applied' } | { readonly outcome: 'stale-epoch'; readonly current: number };

export interface Batch {
  /** Rows by view name@version. */
  readonly writes: ReadonlyMap<View, readonly RowWrite[]>;
  readonly parked?: readonly ParkedEvent[];
  readonly unparked?: readonly { readonly projection: string; readonly stream: string }[];
  readonly checkpoint: Checkpoint & { readonly position: Position };
}

export interface ReadModelStore {
  /** Makes what the views need (tables, indexes). Idempotent; call before anything else with them. */
  prepare(views: readonly View[]): Promise<void>;

  /** Takes the group over: raises its epoch, so that every earlier owner's writes are refused from now on. */
  takeOver(group: string): Promise<Checkpoint>;

  readCheckpoint(group: string): Promise<Checkpoint | undefined>;

  /**
   * Writes rows, then the checkpoint. Each row is guarded by its position: a row already at that position or later
   * keeps its content. Refused whole with `stale-epoch` where the group was taken over; rows of a refused batch
   * that got through change nothing that a replay would not write again. Idempotent: any batch any number of times.
   */
  applyBatch(group: string, batch: Batch): Promise<BatchOutcome>;

  /** The rows of these keys, tombstones included; keys never written are absent. */
  getMany<Row extends JsonObject>(view: View<Row>, keys: readonly string[]): Promise<ReadonlyMap<string, StoredRow<Row>>>;

  /** One live row, undefined where absent or removed. */
  get<Row extends JsonObject>(view: View<Row>, key: string): Promise<Row | undefined>;

  /** Live rows by an index, in index order then by key. */
  find<Row extends JsonObject>(view: View<Row>, query: RowQuery<Row>): Promise<readonly StoredRow<Row>[]>;

  readParked(group: string): Promise<readonly ParkedEvent[]>;

  /** Drops a view's rows whole (an old version after its swap, a scratch copy). */
  drop(view: View): Promise<void>;

  close(): Promise<void>;
}

/**
 * Equality on leading members of a declared index, then at most one range or prefix on the next, ordered by the
 * index. Anything that no declared index serves is a `misuse` fault, never a scan.
 */
export interface RowQuery<Row extends JsonObject = JsonObject> {
  readonly index: readonly (keyof Row & string)[];
  readonly where?: Readonly<Partial<Record<keyof Row & string, Json>>>;
  /** On the first member of the index that `where` does not name. */
  readonly startsWith?: string;
  readonly from?: Json;
  readonly to?: Json;
  readonly order?: 'asc' | 'desc';
  readonly skip?: number;
  readonly limit: number;
}

export class ReadModelFault extends Error {
  override readonly name = 'ReadModelFault';
  readonly code: 'unavailable' | 'damaged' | 'disk-full' | 'closed' | 'misuse';
  constructor(code: ReadModelFault['code'], message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}
