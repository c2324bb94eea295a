import type { JsonObject } from '@evident/event-store';
import { besideGroup, firstGeneration, groupsOf } from '../../src/generations.ts';
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
import { BatchWriter } from './batch-writer.ts';
import { checkpointOf, collectionOf, leftBeside, servedViews, viewIn } from './group-record.ts';
import { GroupSwitch } from './group-switch.ts';
import { freshName } from './parking-sets.ts';
import type { SharedStore } from './shared-store.ts';
import { ViewReader } from './view-reader.ts';

/** Rows, parking and checkpoint in one MongoDB database, without transactions; how is told in the README. */
export class MongodbReadModel implements ReadModelStore {
  readonly #shared: SharedStore;
  /** Undefined: the rows that readers see, whichever generation that is. */
  readonly #generation: string | undefined;
  readonly #views: ViewReader;
  readonly #batches: BatchWriter;

  constructor(shared: SharedStore, generation?: string) {
    this.#shared = shared;
    this.#generation = generation;
    this.#views = new ViewReader(shared, generation);
    this.#batches = new BatchWriter(shared, this.#views);
  }

  prepare(views: readonly AnyView[]): Promise<void> {
    return this.#shared.connection.doAtLength(async () => {
      const records = await this.#shared.records.placing();
      for (const view of views) await this.#shared.makeCollection(this.#views.collectionIn(records, view), view);
    });
  }

  takeOver(group: string): Promise<Checkpoint> {
    const { connection, records, parking } = this.#shared;
    return connection.do(async () => {
      const record = await records.raiseEpoch(this.#named(group), this.#generation ?? firstGeneration);
      const own = freshName();
      await parking.copy(record.parking, own);
      const turn = await records.nextTurn();
      // Where this is refused somebody else has taken the group over meanwhile, and the epoch given here is stale.
      const { changed } = await records.change(record._id, record.epoch, { parking: own, turn });
      await parking.drop(changed ? record.parking : own);
      this.#shared.forgetRows();
      return checkpointOf(record);
    });
  }

  readCheckpoint(group: string): Promise<Checkpoint | undefined> {
    const { connection, records } = this.#shared;
    return connection.do(async () => {
      const record = await records.read(this.#named(group));
      return record === undefined || record.epoch === 0 ? undefined : checkpointOf(record);
    });
  }

  readGroups(prefix: string): Promise<readonly string[]> {
    const { connection, records } = this.#shared;
    return connection.do(async () => groupsOf(await records.names(prefix), this.#generation));
  }

  forgetGroup(group: string): Promise<void> {
    const { connection, records, parking } = this.#shared;
    return connection.do(async () => {
      const record = await records.read(this.#named(group));
      if (record === undefined || record.epoch === 0) return;
      if (record.views.length > 0 || record.fills.length > 0) {
        throw new ReadModelFault('misuse', `${record._id} fills views`);
      }
      await records.remove(record._id);
      await parking.drop(record.parking);
    });
  }

  startOver(group: string, request: StartOver): Promise<BatchOutcome> {
    return this.#shared.connection.do(() =>
      new GroupSwitch(this.#shared, this.#generation).startOver(this.#named(group), request),
    );
  }

  keepViews(
    group: string,
    { epoch, views }: { readonly epoch: number; readonly views: readonly AnyView[] },
  ): Promise<BatchOutcome> {
    return this.#shared.connection.do(async () => {
      const fenced = await this.#shared.records.change(this.#named(group), epoch, { views: views.map(viewId) });
      return fenced.changed ? { outcome: 'applied' } : { outcome: 'stale-epoch', current: fenced.current };
    });
  }

  applyBatch(group: string, batch: Batch): Promise<BatchOutcome> {
    return this.#shared.connection.doAtLength(() => this.#batches.apply(this.#named(group), batch));
  }

  getMany<Row extends JsonObject>(
    view: View<Row>,
    keys: readonly string[],
  ): Promise<ReadonlyMap<string, StoredRow<Row>>> {
    return this.#views.read(
      view,
      async (rows) => (await rows.getMany(keys)) as ReadonlyMap<string, StoredRow<Row>>,
      ({ size }) => size === 0,
    );
  }

  get<Row extends JsonObject>(view: View<Row>, key: string): Promise<Row | undefined> {
    return this.#views.read(
      view,
      async (rows) => (await rows.get(key))?.row as Row | undefined,
      (row) => row === undefined,
    );
  }

  find<Row extends JsonObject>(view: View<Row>, query: RowQuery<Row>): Promise<readonly StoredRow<Row>[]> {
    return this.#views.read(
      view,
      async (rows) => (await rows.find(view, query as RowQuery)) as readonly StoredRow<Row>[],
      ({ length }) => length === 0,
    );
  }

  findKeys<Row extends JsonObject>(view: View<Row>, query: RowQuery<Row>): Promise<readonly string[]> {
    return this.#views.read(
      view,
      (rows) => rows.findKeys(view, query as RowQuery),
      ({ length }) => length === 0,
    );
  }

  scan<Row extends JsonObject>(
    view: View<Row>,
    { after, limit }: { readonly after?: string; readonly limit: number },
  ): Promise<readonly StoredRow<Row>[]> {
    return this.#views.read(
      view,
      async (rows) => (await rows.scan(after, limit)) as readonly StoredRow<Row>[],
      ({ length }) => length === 0,
    );
  }

  readParked(group: string): Promise<readonly ParkedEvent[]> {
    const { connection, records, parking } = this.#shared;
    return connection.do(async () => {
      for (let record = await records.read(this.#named(group)); record !== undefined; ) {
        const found = await parking.read(record.parking);
        const now = await records.read(record._id);
        // A set that stopped counting while it was read may have been dropped under the reader.
        if (now?.parking === record.parking) return found;
        record = now;
      }
      return [];
    });
  }

  drop(view: AnyView): Promise<void> {
    return this.#shared.connection.do(async () => {
      const records = await this.#shared.records.placing();
      await this.#shared.dropCollection(this.#views.collectionIn(records, view));
    });
  }

  dropUnread(read: ReadonlySet<string>): Promise<boolean> {
    const { connection, records, parking } = this.#shared;
    return connection.doAtLength(async () => {
      const all = await records.placing();
      const needed = new Set([...read, ...servedViews(all)]);
      const left = leftBeside(all, needed);
      const beside = left.flatMap(({ generation, views }) =>
        views.map((view) => collectionOf(all, viewNamed(view), generation)),
      );
      for (const { _id, parking: set } of left) {
        await records.remove(_id);
        await parking.drop(set);
      }
      const there = await connection.collectionNames('');
      const unread = there.filter((name) => {
        const view = viewIn(name);
        return view !== undefined && !needed.has(view);
      });
      const dropped = new Set([...beside, ...unread]);
      for (const name of dropped) await this.#shared.dropCollection(name);
      return dropped.size > 0;
    });
  }

  /** What a server's files and its log of operations still hold is for its operator: `compact`, and their own life. */
  async scrub(): Promise<void> {}

  beside(generation: string): ReadModelStore {
    return new MongodbReadModel(this.#shared, generation);
  }

  adopt(group: string, request: { readonly epoch: number; readonly generation: string }): Promise<BatchOutcome> {
    return this.#shared.connection.do(() => new GroupSwitch(this.#shared, this.#generation).adopt(group, request));
  }

  putNote(key: string, note: JsonObject | undefined): Promise<void> {
    return this.#shared.connection.do(() => this.#shared.notes.put(key, note));
  }

  readNotes(prefix: string): Promise<readonly Note[]> {
    return this.#shared.connection.do(() => this.#shared.notes.read(prefix));
  }

  async close(): Promise<void> {
    if (this.#generation === undefined) await this.#shared.connection.close();
  }

  /** The name of a group here: beside the one that serves it has a record of its own. */
  #named(group: string): string {
    return this.#generation === undefined ? group : besideGroup(group, this.#generation);
  }
}
