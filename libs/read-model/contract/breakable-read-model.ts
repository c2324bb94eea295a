import type { JsonObject, Position } from '@evident/event-store';
import {
  type AnyView,
  type Batch,
  type BatchOutcome,
  type Checkpoint,
  type ParkedEvent,
  type ReadModelStore,
  type RowWrite,
  type StartOver,
  type StoredRow,
  viewId,
} from '../src/read-model.port.ts';
import { ReadModelFault } from '../src/read-model-fault.ts';
import type { RowQuery } from '../src/row-query.ts';
import { byCodePoint, queryRows } from './query-rows.ts';

/** Ways to break the promises of the port, each of which the contract suite must notice. */
export type ReadModelFlaw =
  | 'older writes win'
  | 'equal positions overwrite'
  | 'tombstones are forgotten'
  | 'the checkpoint comes before the rows'
  | 'the checkpoint goes back'
  | 'epochs are ignored'
  | 'a refused batch leaves its rows'
  | 'an unfit row leaves the rest of its batch'
  | 'a retry counts twice'
  | 'a late write overrides what came since'
  | 'parking forgets its keys'
  | 'parking is replaced by later events'
  | 'starting over keeps the rows'
  | 'starting over forgets all parking'
  | 'removed rows are listed'
  | 'order is by code unit'
  | 'queries need no index'
  | 'prefixes fold case'
  | 'ranges include their end'
  | 'rows in memory are trusted';

interface Group {
  epoch: number;
  position: Position | undefined;
  views: readonly string[];
  parked: ParkedEvent[];
}

/** What all connections share: a read model in memory, right in everything but its flaw. */
export class BreakableReadModel {
  readonly #views = new Map<string, Map<string, StoredRow>>();
  readonly #groups = new Map<string, Group>();
  readonly #flaw: ReadModelFlaw | undefined;

  constructor(flaw?: ReadModelFlaw) {
    this.#flaw = flaw;
  }

  connect(): ReadModelStore {
    let open = true;
    const remembered = new Map<string, JsonObject | undefined>();
    const when = async <Result>(work: () => Result | Promise<Result>): Promise<Result> => {
      if (!open) throw new ReadModelFault('closed', 'closed');
      return work();
    };
    return {
      prepare: (views) => when(() => this.#prepare(views)),
      takeOver: (group) => when(() => this.#takeOver(group)),
      readCheckpoint: (group) => when(() => this.#checkpoint(group)),
      startOver: (group, request) => when(() => this.#startOver(group, request)),
      applyBatch: (group, batch) => when(() => this.#applyBatch(group, batch)),
      getMany: (view, keys) => when(() => this.#getMany(view, keys) as never),
      get: (view, key) =>
        when(() => {
          const name = `${viewId(view)} ${key}`;
          if (this.#flaw !== 'rows in memory are trusted') return this.#rows(view).get(key)?.row as never;
          if (!remembered.has(name)) remembered.set(name, this.#rows(view).get(key)?.row);
          return remembered.get(name) as never;
        }),
      find: (view, query) => when(() => this.#find(view, query as RowQuery) as never),
      scan: (view, { after, limit }) =>
        when(() => {
          const rows = [...this.#rows(view).values()].sort((a, b) => byCodePoint(a.key, b.key));
          return rows.filter(({ key }) => after === undefined || byCodePoint(key, after) > 0).slice(0, limit) as never;
        }),
      readParked: (group) =>
        when(() =>
          this.#group(group).parked.toSorted(
            (a, b) => byCodePoint(a.position, b.position) || byCodePoint(a.projection, b.projection),
          ),
        ),
      drop: (view) => when(() => void this.#views.delete(viewId(view))),
      close: async () => {
        open = false;
      },
    };
  }

  #prepare(views: readonly AnyView[]): void {
    for (const view of views) if (!this.#views.has(viewId(view))) this.#views.set(viewId(view), new Map());
  }

  #rows(view: AnyView): Map<string, StoredRow> {
    const rows = this.#views.get(viewId(view));
    if (rows === undefined) throw new ReadModelFault('misuse', `${viewId(view)} was not prepared`);
    return rows;
  }

  #group(name: string): Group {
    const group = this.#groups.get(name) ?? { epoch: 0, position: undefined, views: [], parked: [] };
    this.#groups.set(name, group);
    return group;
  }

  #checkpoint(name: string): Checkpoint | undefined {
    const { epoch, position, views } = this.#group(name);
    return epoch === 0 ? undefined : { epoch, position, generation: 1, views };
  }

  #takeOver(name: string): Checkpoint {
    const group = this.#group(name);
    group.epoch += 1;
    return { epoch: group.epoch, position: group.position, generation: 1, views: group.views };
  }

  #startOver(name: string, { epoch, drop, forget, views }: StartOver): BatchOutcome {
    const group = this.#group(name);
    if (epoch !== group.epoch) return { outcome: 'stale-epoch', current: group.epoch };
    if (this.#flaw !== 'starting over keeps the rows') for (const view of drop) this.#rows(view).clear();
    const all = this.#flaw === 'starting over forgets all parking';
    group.parked = group.parked.filter(({ projection }) => !all && !forget.includes(projection));
    group.position = undefined;
    group.views = views.map(viewId);
    return { outcome: 'applied' };
  }

  async #applyBatch(name: string, batch: Batch): Promise<BatchOutcome> {
    const group = this.#group(name);
    const stale = batch.epoch !== group.epoch && this.#flaw !== 'epochs are ignored';
    if (stale && this.#flaw !== 'a refused batch leaves its rows')
      return { outcome: 'stale-epoch', current: group.epoch };
    const early = this.#flaw === 'the checkpoint comes before the rows';
    if (early) {
      this.#advance(group, batch.position);
      await new Promise((resolve) => setImmediate(resolve));
    }
    const writes = [...batch.writes].flatMap(([view, rows]) => rows.map((write) => ({ view, write })));
    if (this.#flaw !== 'an unfit row leaves the rest of its batch')
      for (const { view, write } of writes) checkFit(view, write);
    for (const { view, write } of writes) {
      checkFit(view, write);
      this.#write(this.#rows(view), structuredClone(write));
    }
    if (stale) return { outcome: 'stale-epoch', current: group.epoch };
    this.#park(group, batch);
    if (!early) this.#advance(group, batch.position);
    return { outcome: 'applied' };
  }

  #write(rows: Map<string, StoredRow>, write: RowWrite): void {
    const before = rows.get(write.key);
    if (before !== undefined && !this.#passes(before, write)) return;
    if (write.row === undefined && this.#flaw === 'tombstones are forgotten') rows.delete(write.key);
    else rows.set(write.key, write);
  }

  #passes(before: StoredRow, write: RowWrite): boolean {
    if (write.position > before.position || this.#flaw === 'older writes win') return true;
    if (write.late !== undefined && this.#flaw === 'a late write overrides what came since') return true;
    if (write.position < before.position) return false;
    if (this.#flaw === 'equal positions overwrite') return true;
    return write.late !== undefined && (write.late !== before.late || this.#flaw === 'a retry counts twice');
  }

  #park(group: Group, { unparked = [], parked = [] }: Batch): void {
    const gone = new Set(unparked.map(({ projection, stream }) => `${projection} ${stream}`));
    group.parked = group.parked.filter(({ projection, stream }) => !gone.has(`${projection} ${stream}`));
    for (const each of parked) {
      const at = group.parked.findIndex(
        ({ projection, stream }) => projection === each.projection && stream === each.stream,
      );
      const known = group.parked[at];
      const kept = this.#flaw === 'parking is replaced by later events' ? each : (known ?? each);
      const keys =
        this.#flaw === 'parking forgets its keys' ? [] : [...new Set([...(known?.keys ?? []), ...each.keys])];
      group.parked.splice(at < 0 ? group.parked.length : at, at < 0 ? 0 : 1, { ...kept, keys: keys.sort(byCodePoint) });
    }
  }

  #advance(group: Group, position: Position | undefined): void {
    const back = group.position !== undefined && position !== undefined && position < group.position;
    if (position !== undefined && (!back || this.#flaw === 'the checkpoint goes back')) group.position = position;
  }

  #getMany(view: AnyView, keys: readonly string[]): ReadonlyMap<string, StoredRow> {
    const rows = this.#rows(view);
    return new Map(keys.flatMap((key) => (rows.has(key) ? [[key, rows.get(key) as StoredRow]] : [])));
  }

  #find(view: AnyView, query: RowQuery): readonly StoredRow[] {
    return queryRows(view, [...this.#rows(view).values()], query, {
      needsNoIndex: this.#flaw === 'queries need no index',
      listsRemoved: this.#flaw === 'removed rows are listed',
      byCodeUnit: this.#flaw === 'order is by code unit',
      foldsCase: this.#flaw === 'prefixes fold case',
      includesEnd: this.#flaw === 'ranges include their end',
    });
  }
}

function checkFit(view: AnyView, { key, row }: RowWrite): void {
  const indexed = view.indexes.flat().map((member) => row?.[member]);
  const cyclic = row !== undefined && !attemptJson(row);
  if (
    key.isWellFormed() &&
    key.length <= 1024 &&
    !cyclic &&
    !indexed.some((value) => typeof value === 'object' && value !== null)
  )
    return;
  throw new ReadModelFault('unfit-row', `cannot store ${key}`);
}

function attemptJson(row: JsonObject): boolean {
  try {
    return JSON.stringify(row).length <= 8 * 1024 * 1024;
  } catch {
    return false;
  }
}
