import type { AnyView } from '../../src/read-model.port.ts';
import { ReadModelFault } from '../../src/read-model-fault.ts';
import type { GroupRecord } from './group-record.ts';
import { GroupRecords } from './group-records.ts';
import type { MongodbConnection } from './mongodb-connection.ts';
import { isMissingCollection } from './mongodb-fault.ts';
import { NoteCollection, type NoteDocument } from './note-collection.ts';
import { type ParkedDocument, ParkingSets } from './parking-sets.ts';
import type { RowDocument } from './row-document.ts';
import { ViewCollection } from './view-collection.ts';
import { ensureIndexes } from './view-indexes.ts';

/** What all generations of rows share: the connection, the records, and which collections are known to be there. */
export class SharedStore {
  readonly connection: MongodbConnection;
  readonly records: GroupRecords;
  readonly parking: ParkingSets;
  readonly notes: NoteCollection;
  readonly #known = new Set<string>();
  readonly #views = new Map<string, ViewCollection>();

  constructor(connection: MongodbConnection) {
    this.connection = connection;
    this.records = new GroupRecords(connection.collection<GroupRecord>('groups'));
    this.parking = new ParkingSets(connection.collection<ParkedDocument>('parked'));
    this.notes = new NoteCollection(connection.collection<NoteDocument>('notes'));
  }

  view(name: string): ViewCollection {
    const view = this.#views.get(name) ?? new ViewCollection(this.connection.collection<RowDocument>(name));
    this.#views.set(name, view);
    return view;
  }

  /** What was learnt of rows is no more to be relied on: while another process owned them it may have replaced them. */
  forgetRows(): void {
    for (const view of this.#views.values()) view.forget();
  }

  /** Makes a collection with the indexes of its view, or brings those to what is declared. */
  async makeCollection(name: string, view: AnyView): Promise<void> {
    await ensureIndexes(this.connection.collection<RowDocument>(name), view.indexes);
    this.#known.add(name);
  }

  async dropCollection(name: string): Promise<void> {
    this.#known.delete(name);
    this.#views.delete(name);
    try {
      await this.connection.collection(name).drop();
    } catch (error) {
      if (!isMissingCollection(error)) throw error;
    }
  }

  async exists(name: string): Promise<boolean> {
    if (!this.#known.has(name) && (await this.connection.hasCollection(name))) this.#known.add(name);
    return this.#known.has(name);
  }

  /** A collection that is not there would read as an empty one, and be made without indexes by the first write. */
  async mustExist(name: string): Promise<void> {
    if (!(await this.exists(name))) throw new ReadModelFault('misuse', `${name} was not prepared`);
  }
}
