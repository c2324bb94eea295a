import type { JsonObject } from '@evident/event-store';
import { isBeside } from '../src/generations.ts';
import {
  type AnyView,
  type Batch,
  type BatchOutcome,
  type Checkpoint,
  type Note,
  type ParkedEvent,
  type Progress,
  type ReadModelStore,
  type RowWrite,
  type StartOver,
  type StoredRow,
  type View,
  viewId,
} from '../src/read-model.port.ts';
import { ReadModelFault } from '../src/read-model-fault.ts';
import type { RowQuery } from '../src/row-query.ts';
import type { BreakableRows, Group } from './breakable-rows.ts';
import { byCodePoint, queryRows } from './query-rows.ts';
import type { ReadModelFlaw } from './read-model-flaw.ts';

/** One connection to a read model in memory, or what it keeps beside. */
export class BreakableStore implements ReadModelStore {
  readonly #model: BreakableRows;
  readonly #generation: string | undefined;
  readonly #remembered = new Map<string, JsonObject | undefined>();
  #open = true;

  constructor(model: BreakableRows, generation?: string) {
    this.#model = model;
    this.#generation = generation;
  }

  async prepare(views: readonly AnyView[]): Promise<void> {
    this.#check();
    for (const view of views) this.#model.prepare(view, this.#generationOf(view));
  }

  async takeOver(name: string): Promise<Checkpoint> {
    const group = this.#group(name);
    group.epoch += 1;
    return checkpointOf(group);
  }

  async readCheckpoint(name: string): Promise<Checkpoint | undefined> {
    const group = this.#group(name);
    return group.epoch === 0 ? undefined : checkpointOf(group);
  }

  async readGroups(prefix: string): Promise<readonly string[]> {
    this.#check();
    const suffix = this.#generation === undefined ? '' : `+${this.#generation}`;
    const names = [...this.#model.groups]
      .filter(([name, { epoch }]) => epoch > 0 && name.endsWith(suffix) && isBeside(name) === (suffix !== ''))
      .map(([name]) => name.slice(0, name.length - suffix.length))
      .filter((name) => name.startsWith(prefix));
    return this.#has('groups are found in the order of their making') ? names : names.sort(byCodePoint);
  }

  async forgetGroup(name: string): Promise<void> {
    const group = this.#group(name);
    const isKept = group.views.length > 0 && !this.#has('a group is forgotten with its rows');
    if (isKept) throw new ReadModelFault('misuse', `${name} fills views`);
    const epoch = this.#has('forgetting a group leaves its epoch') ? group.epoch : 0;
    const parked = this.#has('forgetting a group leaves its parking') ? group.parked : [];
    Object.assign(group, { epoch, position: undefined, events: 0, views: [], parked });
  }

  async startOver(name: string, { epoch, drop, forget, views }: StartOver): Promise<BatchOutcome> {
    const group = this.#group(name);
    if (epoch !== group.epoch) return { outcome: 'stale-epoch', current: group.epoch };
    Object.assign(group, { position: undefined, events: 0, views: views.map(viewId) });
    for (const view of views) this.#model.prepare(view, this.#generationOf(view));
    if (!this.#has('starting over keeps the rows')) for (const view of drop) this.#rows(view).clear();
    const all = this.#has('starting over forgets all parking');
    group.parked = group.parked.filter(({ projection }) => !all && !forget.includes(projection));
    return { outcome: 'applied' };
  }

  async keepViews(
    name: string,
    { epoch, views }: { readonly epoch: number; readonly views: readonly AnyView[] },
  ): Promise<BatchOutcome> {
    const group = this.#group(name);
    if (epoch !== group.epoch) return { outcome: 'stale-epoch', current: group.epoch };
    group.views = views.map(viewId);
    if (this.#has('keeping views starts over')) group.position = undefined;
    return { outcome: 'applied' };
  }

  async applyBatch(name: string, batch: Batch): Promise<BatchOutcome> {
    const group = this.#group(name);
    const stale = batch.epoch !== group.epoch && !this.#has('epochs are ignored');
    if (stale && !this.#has('a refused batch leaves its rows')) return { outcome: 'stale-epoch', current: group.epoch };
    const early = this.#has('the checkpoint comes before the rows');
    if (early) {
      this.#advance(group, batch.progress);
      await new Promise((resolve) => setImmediate(resolve));
    }
    const writes = [...batch.writes].flatMap(([view, rows]) => rows.map((write) => ({ view, write })));
    if (!this.#has('an unfit row leaves the rest of its batch')) {
      for (const { view, write } of writes) checkFit(view, write);
    }
    for (const { view, write } of writes) {
      checkFit(view, write);
      this.#write(this.#rows(view), structuredClone(write));
    }
    if (stale) return { outcome: 'stale-epoch', current: group.epoch };
    this.#park(group, batch);
    if (!early) this.#advance(group, batch.progress);
    return { outcome: 'applied' };
  }

  async getMany<Row extends JsonObject>(
    view: View<Row>,
    keys: readonly string[],
  ): Promise<ReadonlyMap<string, StoredRow<Row>>> {
    const rows = this.#rows(view);
    const found = new Map<string, StoredRow<Row>>();
    for (const key of keys) {
      const stored = rows.get(key);
      if (stored !== undefined) found.set(key, stored as StoredRow<Row>);
    }
    return found;
  }

  async get<Row extends JsonObject>(view: View<Row>, key: string): Promise<Row | undefined> {
    const row = this.#rows(view).get(key)?.row as Row | undefined;
    if (!this.#has('rows in memory are trusted')) return row;
    const name = `${viewId(view)} ${key}`;
    if (!this.#remembered.has(name)) this.#remembered.set(name, row);
    return this.#remembered.get(name) as Row | undefined;
  }

  async find<Row extends JsonObject>(view: View<Row>, query: RowQuery<Row>): Promise<readonly StoredRow<Row>[]> {
    return queryRows(view, [...this.#rows(view).values()], query as RowQuery, {
      needsNoIndex: this.#has('queries need no index'),
      listsRemoved: this.#has('removed rows are listed'),
      byCodeUnit: this.#has('order is by code unit'),
      foldsCase: this.#has('prefixes fold case'),
      includesEnd: this.#has('ranges include their end'),
    }) as readonly StoredRow<Row>[];
  }

  async findKeys<Row extends JsonObject>(view: View<Row>, query: RowQuery<Row>): Promise<readonly string[]> {
    const keys = (await this.find(view, query)).map(({ key }) => key);
    return this.#has('keys alone come in their own order') ? keys.toSorted() : keys;
  }

  async scan<Row extends JsonObject>(
    view: View<Row>,
    { after, limit }: { readonly after?: string; readonly limit: number },
  ): Promise<readonly StoredRow<Row>[]> {
    const rows = [...this.#rows(view).values()].sort((a, b) => byCodePoint(a.key, b.key));
    const rest = rows.filter(({ key }) => after === undefined || byCodePoint(key, after) > 0);
    return rest.slice(0, limit) as readonly StoredRow[] as readonly StoredRow<Row>[];
  }

  async readParked(name: string): Promise<readonly ParkedEvent[]> {
    const order = (a: ParkedEvent, b: ParkedEvent) =>
      byCodePoint(a.position, b.position) || byCodePoint(a.projection, b.projection);
    return this.#group(name).parked.toSorted(order);
  }

  async drop(view: AnyView): Promise<void> {
    this.#check();
    this.#model.generations.get(this.#generationOf(view))?.delete(viewId(view));
  }

  async dropUnread(read: ReadonlySet<string>): Promise<boolean> {
    this.#check();
    const { groups, generations } = this.#model;
    const served = [...groups].flatMap(([name, { views }]) => (isBeside(name) ? [] : views));
    const needed = new Set([...read, ...(this.#has('only what is read is kept') ? [] : served)]);
    let dropped = false;
    for (const [name, { generation, views }] of [...groups]) {
      if (!isBeside(name) || views.every((view) => needed.has(view))) continue;
      if (!this.#has('what lies beside for nobody is kept')) generations.delete(generation);
      groups.delete(name);
      dropped = true;
    }
    if (this.#has('what nobody reads is kept')) return dropped;
    for (const views of generations.values()) {
      for (const view of [...views.keys()]) dropped = (!needed.has(view) && views.delete(view)) || dropped;
    }
    return dropped;
  }

  async scrub(): Promise<void> {}

  beside(generation: string): ReadModelStore {
    return new BreakableStore(this.#model, generation);
  }

  async adopt(name: string, request: { readonly epoch: number; readonly generation: string }): Promise<BatchOutcome> {
    const group = this.#group(name);
    if (request.epoch !== group.epoch) return { outcome: 'stale-epoch', current: group.epoch };
    const built = this.#model.groups.get(`${name}+${request.generation}`);
    if (built === undefined) throw new ReadModelFault('misuse', 'nothing was built there');
    if (this.#has('adopting drops the rows before')) this.#model.generations.delete(group.generation);
    group.generation = built.generation;
    group.views = built.views;
    if (!this.#has('adopting leaves the parking')) group.parked = built.parked;
    if (!this.#has('adopting leaves the checkpoint'))
      Object.assign(group, { position: built.position, events: built.events });
    this.#model.groups.delete(`${name}+${request.generation}`);
    return { outcome: 'applied' };
  }

  async putNote(key: string, note: JsonObject | undefined): Promise<void> {
    this.#check();
    const { notes } = this.#model;
    if (note === undefined) notes.delete(key);
    else if (!notes.has(key) || !this.#has('the first note stays')) notes.set(key, structuredClone(note));
  }

  async readNotes(prefix: string): Promise<readonly Note[]> {
    this.#check();
    return [...this.#model.notes]
      .filter(([key]) => key.startsWith(prefix))
      .map(([key, note]) => ({ key, note }))
      .sort((a, b) => byCodePoint(a.key, b.key));
  }

  async close(): Promise<void> {
    this.#open = false;
  }

  #has(flaw: ReadModelFlaw): boolean {
    return this.#model.flaw === flaw;
  }

  #check(): void {
    if (!this.#open) throw new ReadModelFault('closed', 'closed');
  }

  #group(name: string): Group {
    this.#check();
    const apart = this.#generation !== undefined && !this.#has('what is beside shares the epoch');
    return this.#model.group(apart ? `${name}+${this.#generation}` : name, this.#generation ?? 'blue');
  }

  #rows(view: AnyView): Map<string, StoredRow> {
    this.#check();
    return this.#model.rows(view, this.#generationOf(view));
  }

  #generationOf(view: AnyView): string {
    const live = this.#model.live(view);
    if (this.#has('readers see what is built beside')) return live;
    if (live === this.#generation) throw new ReadModelFault('misuse', `readers see ${live}`);
    return this.#generation ?? live;
  }

  #write(rows: Map<string, StoredRow>, write: RowWrite): void {
    const before = rows.get(write.key);
    if (before !== undefined && !this.#passes(before, write)) return;
    if (write.row === undefined && this.#has('tombstones are forgotten')) rows.delete(write.key);
    else rows.set(write.key, write);
  }

  #passes(before: StoredRow, write: RowWrite): boolean {
    if (write.position > before.position || this.#has('older writes win')) return true;
    if (write.late !== undefined && this.#has('a late write overrides what came since')) return true;
    if (write.position < before.position) return false;
    if (this.#has('equal positions overwrite')) return true;
    return write.late !== undefined && (write.late !== before.late || this.#has('a retry counts twice'));
  }

  #park(group: Group, { unparked = [], parked = [] }: Batch): void {
    const gone = new Set(unparked.map(({ projection, stream }) => `${projection} ${stream}`));
    group.parked = group.parked.filter(({ projection, stream }) => !gone.has(`${projection} ${stream}`));
    for (const each of parked) {
      const at = group.parked.findIndex((one) => one.projection === each.projection && one.stream === each.stream);
      const known = group.parked[at];
      const kept = this.#has('parking is replaced by later events') ? each : (known ?? each);
      const keys = this.#has('parking forgets its keys') ? [] : [...new Set([...(known?.keys ?? []), ...each.keys])];
      const entry = { ...kept, keys: keys.sort(byCodePoint) };
      group.parked.splice(at < 0 ? group.parked.length : at, at < 0 ? 0 : 1, entry);
    }
  }

  #advance(group: Group, progress: Progress | undefined): void {
    if (progress === undefined) return;
    const back = group.position !== undefined && progress.position <= group.position;
    if (!back || this.#has('the checkpoint goes back')) Object.assign(group, progress);
  }
}

function checkpointOf({ epoch, position, events, generation, views }: Group): Checkpoint {
  return { epoch, position, events, generation, views };
}

function checkFit(view: AnyView, { key, row }: RowWrite): void {
  const indexed = view.indexes.flat().map((member) => row?.[member]);
  const unfit = row !== undefined && !hasText(row);
  if (
    key.isWellFormed() &&
    key.length <= 1024 &&
    !unfit &&
    !indexed.some((each) => typeof each === 'object' && each !== null)
  )
    return;
  throw new ReadModelFault('unfit-row', `cannot store ${key}`);
}

function hasText(row: JsonObject): boolean {
  try {
    return JSON.stringify(row).length <= 8 * 1024 * 1024;
  } catch {
    return false;
  }
}
