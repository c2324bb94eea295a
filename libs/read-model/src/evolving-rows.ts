import type { JsonObject, Position, StoredEvent } from '@evident/event-store';
import type { AnyProjection, ProjectedEvent } from './projection.ts';
import type { RowWrite, StoredRow } from './read-model.port.ts';

/** The rows of one projection while a batch passes over them in memory. */
export class EvolvingRows {
  readonly #projection: AnyProjection;
  readonly #rows: Map<string, StoredRow>;
  readonly #changed = new Set<string>();

  constructor(projection: AnyProjection, loaded: ReadonlyMap<string, StoredRow>) {
    this.#projection = projection;
    this.#rows = new Map(loaded);
  }

  /**
   * Applies one event to all its rows or, where `evolve` throws, to none. Rows that include the event already are
   * left alone; that is what makes any prefix of the log repeatable.
   */
  apply(event: ProjectedEvent, keys: readonly string[]): void {
    const { position } = event.stored;
    this.#evolve(event, keys, (row) => (row !== undefined && row.position >= position ? undefined : { position }));
  }

  /**
   * Applies an event that comes after its turn, in a retry of these events. A row that has moved past it keeps its
   * content, unless events of this projection commute; a row that carries its id in `late`, or that of a later one of
   * them, had it in a retry that was interrupted before the stream was taken out of the parking.
   */
  applyLate(
    event: ProjectedEvent,
    keys: readonly string[],
    retried: readonly StoredEvent[],
    loaded: ReadonlyMap<string, StoredRow>,
  ): void {
    const { position, revision, id: late } = event.stored;
    this.#evolve(event, keys, (row, key) => {
      const had = loaded.get(key)?.late;
      if (had !== undefined && retried.some((each) => each.id === had && each.revision >= revision)) return undefined;
      if (row === undefined || row.position < position) return { position, late };
      return this.#projection.commutes ? { position: row.position, late } : undefined;
    });
  }

  writes(): readonly RowWrite[] {
    const writes: RowWrite[] = [];
    for (const key of this.#changed) {
      const row = this.#rows.get(key);
      if (row !== undefined) writes.push(row);
    }
    return writes;
  }

  #evolve(
    event: ProjectedEvent,
    keys: readonly string[],
    place: (row: StoredRow | undefined, key: string) => { position: Position; late?: string } | undefined,
  ): void {
    const changes: StoredRow[] = [];
    for (const key of keys) {
      const before = this.#rows.get(key);
      const at = place(before, key);
      if (at === undefined) continue;
      const row = this.#projection.evolve(before?.row, event, key);
      checkRow(row);
      if (row === before?.row) continue;
      const late = at.late ?? before?.late;
      changes.push(
        late === undefined ? { key, row, position: at.position } : { key, row, position: at.position, late },
      );
    }
    for (const change of changes) {
      this.#rows.set(change.key, change);
      this.#changed.add(change.key);
    }
  }
}

/** Catches what types cannot promise at run time: an `evolve` that is async, or gives no object. */
function checkRow(row: JsonObject | undefined): void {
  if (row === undefined) return;
  if (typeof row !== 'object' || row === null || Array.isArray(row) || typeof row.then === 'function') {
    throw new TypeError('evolve gave no plain object');
  }
}
