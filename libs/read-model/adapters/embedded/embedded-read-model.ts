import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { JsonObject } from '@evident/event-store';
import type {
  AnyView,
  Batch,
  BatchOutcome,
  Checkpoint,
  ParkedEvent,
  ReadModelStore,
  StartOver,
  StoredRow,
  View,
} from '../../src/read-model.port.ts';
import { ReadModelFault } from '../../src/read-model-fault.ts';
import type { RowQuery } from '../../src/row-query.ts';
import { GroupTable } from './group-table.ts';
import { ParkedTable } from './parked-table.ts';
import { sqliteFault } from './sqlite-fault.ts';
import { markDamaged } from './sqlite-file.ts';
import { dropViewTable, prepareViewTable, tableName } from './view-schema.ts';
import { ViewTable } from './view-table.ts';

export interface EmbeddedReadModelSettings {
  readonly path: string;
  readonly readOnly: boolean;
  /** Rows of each view kept in memory. */
  readonly cacheRows: number;
}

/**
 * Rows, parking and checkpoint in one SQLite file, each batch one transaction. Calls do their work before they
 * return, so within the process nothing is ever half done; the promise is the port's shape.
 */
export class EmbeddedReadModel implements ReadModelStore {
  readonly #database: DatabaseSync;
  readonly #settings: EmbeddedReadModelSettings;
  readonly #groups: GroupTable;
  readonly #parked: ParkedTable;
  readonly #tables = new Map<string, ViewTable>();
  /** Views are declared once, so the object itself finds its table without building a name. */
  #tableOf = new WeakMap<AnyView, ViewTable>();
  readonly #dataVersion: StatementSync;
  #seenVersion: unknown;
  #open = true;

  constructor(database: DatabaseSync, settings: EmbeddedReadModelSettings) {
    this.#database = database;
    this.#settings = settings;
    this.#groups = new GroupTable(database);
    this.#parked = new ParkedTable(database);
    this.#dataVersion = database.prepare('PRAGMA data_version');
  }

  prepare(views: readonly AnyView[]): Promise<void> {
    return this.#do(() => {
      if (this.#settings.readOnly) return;
      this.#transaction(() => {
        for (const view of views) prepareViewTable(this.#database, view, tableName(view, 1));
      });
      this.#forgetStatements();
    });
  }

  takeOver(group: string): Promise<Checkpoint> {
    return this.#do(() => this.#transaction(() => this.#groups.takeOver(group)));
  }

  readCheckpoint(group: string): Promise<Checkpoint | undefined> {
    return this.#do(() => this.#groups.read(group));
  }

  startOver(group: string, { epoch, drop, forget, views }: StartOver): Promise<BatchOutcome> {
    return this.#do(() =>
      this.#fenced(group, epoch, () => {
        for (const view of drop) this.#table(view).empty();
        this.#parked.forget(group, forget);
        this.#groups.startOver(group, views);
      }),
    );
  }

  applyBatch(group: string, batch: Batch): Promise<BatchOutcome> {
    return this.#do(() => {
      const outcome = this.#fenced(group, batch.epoch, () => this.#writeBatch(group, batch));
      // Only a commit reaches memory, and nothing can read between the two: both happen in this one call.
      for (const table of this.#tables.values()) table.settle(outcome.outcome === 'applied');
      return outcome;
    });
  }

  getMany<Row extends JsonObject>(
    view: View<Row>,
    keys: readonly string[],
  ): Promise<ReadonlyMap<string, StoredRow<Row>>> {
    return this.#do(() => {
      this.#noticeOthers();
      const table = this.#table(view);
      const rows = new Map<string, StoredRow<Row>>();
      // One statement for each key: in process there is no round trip to save, and rows in memory need none at all.
      for (const key of keys) {
        const stored = table.read(key);
        if (stored !== undefined) rows.set(key, stored as StoredRow<Row>);
      }
      return rows;
    });
  }

  get<Row extends JsonObject>(view: View<Row>, key: string): Promise<Row | undefined> {
    return this.#do(() => {
      this.#noticeOthers();
      return this.#table(view).read(key)?.row as Row | undefined;
    });
  }

  find<Row extends JsonObject>(view: View<Row>, query: RowQuery<Row>): Promise<readonly StoredRow<Row>[]> {
    return this.#do(() => {
      this.#noticeOthers();
      return this.#table(view).find(query as RowQuery) as readonly StoredRow<Row>[];
    });
  }

  scan<Row extends JsonObject>(
    view: View<Row>,
    page: { readonly after?: string; readonly limit: number },
  ): Promise<readonly StoredRow<Row>[]> {
    return this.#do(() => {
      this.#noticeOthers();
      return this.#table(view).scan(page.after, page.limit) as readonly StoredRow<Row>[];
    });
  }

  readParked(group: string): Promise<readonly ParkedEvent[]> {
    return this.#do(() => this.#parked.read(group));
  }

  drop(view: AnyView): Promise<void> {
    return this.#do(() => {
      this.#forgetStatements();
      this.#transaction(() => dropViewTable(this.#database, tableName(view, 1)));
    });
  }

  close(): Promise<void> {
    if (!this.#open) return Promise.resolve();
    this.#open = false;
    this.#database.close();
    return Promise.resolve();
  }

  #writeBatch(group: string, batch: Batch): void {
    this.#noticeOthers();
    for (const [view, writes] of batch.writes) {
      const table = this.#table(view);
      for (const write of writes) table.write(write);
    }
    this.#parked.remove(group, batch.unparked ?? []);
    this.#parked.add(group, batch.parked ?? []);
    if (batch.position !== undefined) this.#groups.advance(group, batch.position);
  }

  #fenced(group: string, epoch: number, work: () => void): BatchOutcome {
    return this.#transaction(() => {
      const current = this.#groups.epoch(group);
      if (current !== epoch) return { outcome: 'stale-epoch', current };
      work();
      return { outcome: 'applied' };
    });
  }

  #table(view: AnyView): ViewTable {
    const known = this.#tableOf.get(view);
    if (known !== undefined) return known;
    const table = tableName(view, 1);
    const opened = this.#tables.get(table) ?? this.#openTable(view, table);
    this.#tableOf.set(view, opened);
    return opened;
  }

  #openTable(view: AnyView, table: string): ViewTable {
    if (!this.#groups.hasTable(table)) throw new ReadModelFault('misuse', `${table} was not prepared`);
    const { readOnly, cacheRows } = this.#settings;
    const opened = new ViewTable(this.#database, view, { table, cacheRows, readOnly });
    this.#tables.set(table, opened);
    return opened;
  }

  /** SQLite changes this number when another connection has committed, in this process or not: a microsecond to ask. */
  #noticeOthers(): void {
    const version = this.#dataVersion.get()?.data_version;
    if (version === this.#seenVersion) return;
    this.#seenVersion = version;
    for (const table of this.#tables.values()) table.cache.clear();
  }

  #forgetStatements(): void {
    this.#tables.clear();
    this.#tableOf = new WeakMap();
  }

  #transaction<T>(work: () => T): T {
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      this.#database.exec('COMMIT');
      return result;
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      for (const table of this.#tables.values()) table.settle(false);
      throw error;
    }
  }

  #do<T>(work: () => T): Promise<T> {
    if (!this.#open) return Promise.reject(new ReadModelFault('closed', `${this.#settings.path}: closed`));
    try {
      return Promise.resolve(work());
    } catch (error) {
      const fault = sqliteFault(error, this.#settings.path);
      if (fault.code === 'damaged' && !this.#settings.readOnly) markDamaged(this.#settings.path);
      return Promise.reject(fault);
    }
  }
}
