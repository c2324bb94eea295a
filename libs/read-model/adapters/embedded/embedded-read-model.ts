import type { JsonObject } from '@evident/event-store';
import { besideGroup, firstGeneration } from '../../src/generations.ts';
import { giveWay } from '../../src/pace.ts';
import {
  type AnyView,
  type Batch,
  type BatchOutcome,
  type Checkpoint,
  type Note,
  type ParkedEvent,
  type ReadModelStore,
  type StartOver,
  type StoredRow,
  type View,
  viewId,
  viewNamed,
} from '../../src/read-model.port.ts';
import { ReadModelFault } from '../../src/read-model-fault.ts';
import type { RowQuery } from '../../src/row-query.ts';
import type { ReadModelFile } from './read-model-file.ts';
import {
  deleteSomeRows,
  dropViewTable,
  isPrepared,
  preparedTables,
  prepareViewTable,
  tableName,
} from './view-schema.ts';
import type { ViewTable } from './view-table.ts';

/** Rows deleted in one transaction while a view is dropped, and how long others have the event loop after it. */
const atOnce = { rows: 250, ms: 5 };

/** Rows, parking and checkpoint in one SQLite file, each batch one transaction. */
export class EmbeddedReadModel implements ReadModelStore {
  readonly #file: ReadModelFile;
  /** Undefined: the rows that readers see, whichever generation that is. */
  readonly #generation: string | undefined;
  /** Views are declared once, so the object itself finds its table without building a name. */
  #tables = new WeakMap<AnyView, ViewTable>();
  #layout = -1;

  constructor(file: ReadModelFile, generation?: string) {
    this.#file = file;
    this.#generation = generation;
  }

  async prepare(views: readonly AnyView[]): Promise<void> {
    if (this.#file.settings.readOnly) return this.#file.do(() => undefined);
    for (const view of views) {
      await this.#file.write(() => this.#prepareTables([view]));
      await giveWay(atOnce.ms);
    }
  }

  takeOver(group: string): Promise<Checkpoint> {
    return this.#file.write(() => this.#file.groups.takeOver(this.#named(group), this.#generation ?? firstGeneration));
  }

  readCheckpoint(group: string): Promise<Checkpoint | undefined> {
    return this.#ofOthers(() => this.#file.groups.read(this.#named(group)));
  }

  readGroups(prefix: string): Promise<readonly string[]> {
    return this.#ofOthers(() => this.#file.groups.names(prefix, this.#generation));
  }

  forgetGroup(group: string): Promise<void> {
    const name = this.#named(group);
    return this.#file.write(() => {
      const filled = this.#file.groups.read(name)?.views ?? [];
      if (filled.length > 0) throw new ReadModelFault('misuse', `${name} fills ${filled.join(', ')}`);
      this.#file.groups.remove(name);
      this.#file.parked.clear(name);
    });
  }

  startOver(group: string, { epoch, drop, forget, views }: StartOver): Promise<BatchOutcome> {
    return this.#fenced(group, epoch, () => {
      this.#file.groups.startOver(this.#named(group), views);
      this.#file.forgetTables();
      this.#prepareTables(views);
      for (const view of drop) this.#table(view).empty();
      this.#file.parked.forget(this.#named(group), forget);
    });
  }

  keepViews(
    group: string,
    { epoch, views }: { readonly epoch: number; readonly views: readonly AnyView[] },
  ): Promise<BatchOutcome> {
    return this.#fenced(group, epoch, () => {
      this.#file.groups.keepViews(this.#named(group), views);
      this.#file.forgetTables();
    });
  }

  applyBatch(group: string, { epoch, progress, writes, unparked = [], parked = [] }: Batch): Promise<BatchOutcome> {
    return this.#fenced(group, epoch, () => {
      const name = this.#named(group);
      for (const [view, rows] of writes) {
        const table = this.#table(view);
        for (const write of rows) table.write(write);
      }
      this.#file.parked.remove(name, unparked);
      this.#file.parked.add(name, parked);
      if (progress !== undefined) this.#file.groups.advance(name, progress);
    });
  }

  getMany<Row extends JsonObject>(
    view: View<Row>,
    keys: readonly string[],
  ): Promise<ReadonlyMap<string, StoredRow<Row>>> {
    return this.#read(view, (table) => {
      const rows = table.readMany(keys) as readonly StoredRow<Row>[];
      return new Map(rows.map((stored) => [stored.key, stored]));
    });
  }

  get<Row extends JsonObject>(view: View<Row>, key: string): Promise<Row | undefined> {
    return this.#read(view, (table) => table.read(key)?.row as Row | undefined);
  }

  find<Row extends JsonObject>(view: View<Row>, query: RowQuery<Row>): Promise<readonly StoredRow<Row>[]> {
    return this.#read(view, (table) => table.find(query as RowQuery) as readonly StoredRow<Row>[]);
  }

  findKeys<Row extends JsonObject>(view: View<Row>, query: RowQuery<Row>): Promise<readonly string[]> {
    return this.#read(view, (table) => table.findKeys(query as RowQuery));
  }

  scan<Row extends JsonObject>(
    view: View<Row>,
    { after, limit }: { readonly after?: string; readonly limit: number },
  ): Promise<readonly StoredRow<Row>[]> {
    return this.#read(view, (table) => table.scan(after, limit) as readonly StoredRow<Row>[]);
  }

  readParked(group: string): Promise<readonly ParkedEvent[]> {
    return this.#ofOthers(() => this.#file.parked.read(this.#named(group)));
  }

  async drop(view: AnyView): Promise<void> {
    await this.#dropTable(await this.#file.do(() => this.#tableName(view)));
  }

  async dropUnread(read: ReadonlySet<string>): Promise<boolean> {
    const { database, groups, parked } = this.#file;
    const tables = await this.#file.write(() => {
      const fillings = groups.fillings();
      const needed = new Set([...read, ...fillings.flatMap(({ isBeside, views }) => (isBeside ? [] : views))]);
      const left = fillings.filter(({ isBeside, views }) => isBeside && views.some((view) => !needed.has(view)));
      for (const { group } of left) {
        groups.remove(group);
        parked.clear(group);
      }
      const beside = left.flatMap(({ views, generation }) =>
        views.map((view) => tableName(viewNamed(view), generation)),
      );
      const unread = preparedTables(database).filter(({ view }) => !needed.has(view));
      return new Set([...beside, ...unread.map(({ table }) => table)]);
    });
    for (const table of tables) await this.#dropTable(table);
    return tables.size > 0;
  }

  async #dropTable(table: string): Promise<void> {
    if (!(await this.#file.do(() => isPrepared(this.#file.database, table)))) return;
    while (await this.#file.write(() => deleteSomeRows(this.#file.database, table, atOnce.rows))) {
      await giveWay(atOnce.ms);
    }
    await this.#file.write(() => {
      this.#file.forgetTables();
      dropViewTable(this.#file.database, table);
    });
  }

  async scrub(): Promise<void> {
    if (!this.#file.settings.readOnly) await this.#file.emptyWriteAheadLog();
  }

  beside(generation: string): ReadModelStore {
    return new EmbeddedReadModel(this.#file, generation);
  }

  adopt(
    group: string,
    { epoch, generation }: { readonly epoch: number; readonly generation: string },
  ): Promise<BatchOutcome> {
    return this.#fenced(group, epoch, () => {
      const built = besideGroup(group, generation);
      const checkpoint = this.#file.groups.read(built);
      if (checkpoint === undefined) throw new ReadModelFault('misuse', `${built}: nothing was built there`);
      this.#file.groups.adopt(group, built, checkpoint);
      this.#file.parked.rename(built, group);
      this.#file.forgetTables();
    });
  }

  putNote(key: string, note: JsonObject | undefined): Promise<void> {
    return this.#file.write(() => this.#file.notes.put(key, note));
  }

  readNotes(prefix: string): Promise<readonly Note[]> {
    return this.#ofOthers(() => this.#file.notes.read(prefix));
  }

  async close(): Promise<void> {
    if (this.#generation === undefined) await this.#file.close();
  }

  #fenced(group: string, epoch: number, work: () => void): Promise<BatchOutcome> {
    return this.#file.write<BatchOutcome>(() => {
      this.#file.noticeOthers();
      const current = this.#file.groups.epoch(this.#named(group));
      if (current !== epoch) return { outcome: 'stale-epoch', current };
      work();
      return { outcome: 'applied' };
    });
  }

  #read<Result>(view: AnyView, work: (table: ViewTable) => Result): Promise<Result> {
    return this.#file.do(() => {
      this.#file.noticeOthersThisTurn();
      return work(this.#table(view));
    });
  }

  /** Another process may have written it beside rows: what is read after it is as new. */
  #ofOthers<Result>(read: () => Result): Promise<Result> {
    return this.#file.do(() => {
      this.#file.overtaken();
      return read();
    });
  }

  #prepareTables(views: readonly AnyView[]): void {
    for (const view of views) {
      if (prepareViewTable(this.#file.database, view, this.#tableName(view))) this.#file.forgetTables();
    }
  }

  #table(view: AnyView): ViewTable {
    if (this.#layout !== this.#file.layout) {
      this.#layout = this.#file.layout;
      this.#tables = new WeakMap();
    }
    const known = this.#tables.get(view);
    if (known !== undefined) return known;
    const table = this.#file.table(this.#tableName(view));
    this.#tables.set(view, table);
    return table;
  }

  /** What is written beside must never be what readers see: after its adoption a generation is reached no more so. */
  #tableName(view: AnyView): string {
    const live = this.#file.generationOf(view);
    if (live === this.#generation) throw new ReadModelFault('misuse', `${viewId(view)}: readers see ${live}`);
    return tableName(view, this.#generation ?? live);
  }

  /** The name of a group here: beside the one that serves it has a record of its own. */
  #named(group: string): string {
    return this.#generation === undefined ? group : besideGroup(group, this.#generation);
  }
}
