import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { setTimeout as pause } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { OncePerTurn } from '@evident/event-store';
import { firstGeneration } from '../../src/generations.ts';
import { type AnyView, viewId } from '../../src/read-model.port.ts';
import { ReadModelFault } from '../../src/read-model-fault.ts';
import { Checkpoints } from './checkpoints.ts';
import { GroupTable } from './group-table.ts';
import { NoteTable } from './note-table.ts';
import { ParkedTable } from './parked-table.ts';
import { isLocked, sqliteFault } from './sqlite-fault.ts';
import { markDamaged } from './sqlite-file.ts';
import { preparedIndexes } from './view-schema.ts';
import { ViewTable } from './view-table.ts';

export interface ReadModelFileSettings {
  readonly path: string;
  readonly readOnly: boolean;
  /** Rows of each view kept in memory. */
  readonly cacheRows: number;
}

/** How long a write waits for another process to finish its own, and how often it looks. */
const lockPatienceMs = 5_000;
const lockRetryMs = 20;

/** Commits of this process, through whichever connection: no turn of the event loop lies between them and who hears of them. */
let commitsHere = 0;

/** One connection to the file, which all generations of rows share: transactions, tables, and what is in memory. */
export class ReadModelFile {
  readonly database: DatabaseSync;
  readonly groups: GroupTable;
  readonly parked: ParkedTable;
  readonly notes: NoteTable;
  readonly settings: ReadModelFileSettings;
  readonly #dataVersion: StatementSync;
  readonly #totalChanges: StatementSync;
  readonly #checkpoints: Checkpoints;
  readonly #tables = new Map<string, ViewTable>();
  #generations: ReadonlyMap<string, string> | undefined;
  #seenVersion: unknown;
  readonly #noticing = new OncePerTurn(() => this.noticeOthers());
  #heardCommits = 0;
  #layout = 0;
  #changes = 0;
  #open = true;

  constructor(database: DatabaseSync, settings: ReadModelFileSettings) {
    this.database = database;
    this.settings = settings;
    this.groups = new GroupTable(database);
    this.parked = new ParkedTable(database);
    this.notes = new NoteTable(database);
    this.#dataVersion = database.prepare('PRAGMA data_version');
    this.#totalChanges = database.prepare('SELECT total_changes() AS changes');
    this.#checkpoints = new Checkpoints(settings.path);
  }

  /** Does the work at once and names what goes wrong; the promise is the port's shape. */
  do<Result>(work: () => Result): Promise<Result> {
    if (!this.#open) return Promise.reject(new ReadModelFault('closed', `${this.settings.path}: closed`));
    try {
      return Promise.resolve(work());
    } catch (error) {
      const fault = sqliteFault(error, this.settings.path);
      if (fault.code === 'damaged' && !this.settings.readOnly) markDamaged(this.settings.path);
      return Promise.reject(fault);
    }
  }

  /**
   * All or nothing. Waits for the lock of writers between attempts rather than inside SQLite, which would hold up
   * every answer of this process for as long as another one holds it.
   */
  async write<Result>(work: () => Result): Promise<Result> {
    await this.#checkpoints.room;
    const giveUpAt = performance.now() + lockPatienceMs;
    for (;;) {
      try {
        return await this.do(() => this.#transaction(work));
      } catch (fault) {
        if (!isLocked(fault) || performance.now() >= giveUpAt) throw fault;
      }
      await pause(lockRetryMs);
    }
  }

  /**
   * What was removed is overwritten in the file itself; the write-ahead log still holds the pages as they were. Waits for
   * readers of other processes that are in the way.
   */
  async emptyWriteAheadLog(): Promise<void> {
    const giveUpAt = performance.now() + lockPatienceMs;
    for (;;) {
      if (await this.#checkpoints.empty()) return;
      if (performance.now() >= giveUpAt) {
        const message = `${this.settings.path}: another process reads what was to be forgotten; it is tried again at the next start`;
        throw new ReadModelFault('unavailable', message);
      }
      await pause(lockRetryMs);
    }
  }

  /** On the disk and in memory: nothing can read between the two, since both happen in one call. */
  #transaction<Result>(work: () => Result): Result {
    this.#undoWhatIsLeft();
    this.database.exec('BEGIN IMMEDIATE');
    let committed = false;
    try {
      const result = work();
      this.database.exec('COMMIT');
      committed = true;
      commitsHere += 1;
      this.#countChanges();
      return result;
    } catch (error) {
      this.#undo();
      throw error;
    } finally {
      for (const table of this.#tables.values()) table.settle(committed);
    }
  }

  /** Never throws: what made it necessary is what is told, and the next transaction tries again. */
  #undo(): void {
    try {
      if (this.database.isTransaction) this.database.exec('ROLLBACK');
    } catch {
      // Still in the transaction.
    }
  }

  /** Of a transaction that could not be undone when it failed. What was read meanwhile may be of it. */
  #undoWhatIsLeft(): void {
    if (!this.database.isTransaction) return;
    this.database.exec('ROLLBACK');
    for (const table of this.#tables.values()) table.forget();
  }

  #countChanges(): void {
    const changes = Number(this.#totalChanges.get()?.changes);
    this.#checkpoints.committed(changes - this.#changes);
    this.#changes = changes;
  }

  /** `noticeOthers`, unless it was asked in this turn of the event loop. */
  noticeOthersThisTurn(): void {
    if (this.#heardCommits !== commitsHere) this.#noticing.forget();
    this.#heardCommits = commitsHere;
    this.#noticing.do();
  }

  /** For who has read what others wrote past the rows in memory: those must not be older than that. */
  overtaken(): void {
    this.#noticing.forget();
  }

  /**
   * SQLite changes this number when another connection has committed, of this process or another: asking costs a
   * microsecond, and what is in memory may be trusted after it.
   */
  noticeOthers(): void {
    const version = this.#dataVersion.get()?.data_version;
    if (version === this.#seenVersion) return;
    this.#seenVersion = version;
    for (const table of this.#tables.values()) table.forget();
    const generations = this.groups.generations();
    if (!isDeepStrictEqual(generations, this.#generations)) this.forgetTables();
    this.#generations = generations;
  }

  /** The generation of a view that readers see. */
  generationOf(view: AnyView): string {
    this.#generations ??= this.groups.generations();
    return this.#generations.get(viewId(view)) ?? firstGeneration;
  }

  table(name: string): ViewTable {
    const known = this.#tables.get(name);
    if (known !== undefined) return known;
    const indexes = preparedIndexes(this.database, name);
    if (indexes === undefined) throw new ReadModelFault('misuse', `${name} was not prepared`);
    const opened = new ViewTable(this.database, { ...this.settings, table: name, indexes });
    this.#tables.set(name, opened);
    return opened;
  }

  /** For when tables, their indexes or the generation that readers see have changed. */
  forgetTables(): void {
    this.#tables.clear();
    this.#generations = undefined;
    this.#layout += 1;
  }

  /** Changes whenever a table that was got here may be the wrong one. */
  get layout(): number {
    return this.#layout;
  }

  async close(): Promise<void> {
    if (!this.#open) return;
    this.#open = false;
    await this.#checkpoints.end();
    this.database.close();
  }
}
