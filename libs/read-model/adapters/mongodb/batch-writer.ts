import type { AnyView, Batch, BatchOutcome, ParkedEvent, ParkedStream } from '../../src/read-model.port.ts';
import { rowDocument } from './row-document.ts';
import type { SharedStore } from './shared-store.ts';
import type { PreparedWrite } from './view-collection.ts';
import type { ViewReader } from './view-reader.ts';

/** Rows in one command. */
const rowsAtOnce = 1000;

/**
 * Writes a batch in an order in which each step holds whatever comes between it and the next: what is parked newly,
 * rows, what is parked no longer, the checkpoint.
 *
 * Rows come after the parking that explains what is missing in them, and only once it is certain that whoever takes
 * over from here on will find that parking. Streams that end to wait do so after their rows.
 */
export class BatchWriter {
  readonly #shared: SharedStore;
  readonly #views: ViewReader;

  constructor(shared: SharedStore, views: ViewReader) {
    this.#shared = shared;
    this.#views = views;
  }

  async apply(name: string, batch: Batch): Promise<BatchOutcome> {
    const { epoch, progress, unparked = [], parked = [] } = batch;
    const { connection, records, parking } = this.#shared;
    const inTime = <Result>(step: Promise<Result>) => connection.inTime(step);
    const writes = prepare(batch.writes);
    if (writes.size > 0 || unparked.length > 0 || parked.length > 0) {
      const all = await inTime(records.placingWith(name));
      const record = all.find(({ _id }) => _id === name);
      if (record?.epoch !== epoch) return { outcome: 'stale-epoch', current: record?.epoch ?? 0 };
      const collections = [...writes].map(([view, rows]) => [this.#views.collectionIn(all, view), rows] as const);
      for (const [collection] of collections) await inTime(this.#shared.mustExist(collection));

      const { fresh, moved, ended } = changesOf(parked, unparked);
      if (fresh.length > 0) {
        await inTime(parking.add(record.parking, fresh));
        const current = (await inTime(records.read(name)))?.epoch ?? 0;
        if (current !== epoch) return { outcome: 'stale-epoch', current };
      }
      await Promise.all(collections.map(([collection, rows]) => this.#write(collection, rows, record.turn)));
      await inTime(parking.replace(record.parking, moved));
      await inTime(parking.remove(record.parking, ended));
    }
    if (progress === undefined) {
      const current = (await inTime(records.read(name)))?.epoch ?? 0;
      return current === epoch ? { outcome: 'applied' } : { outcome: 'stale-epoch', current };
    }
    const fenced = await inTime(records.advance(name, epoch, progress));
    return fenced.changed ? { outcome: 'applied' } : { outcome: 'stale-epoch', current: fenced.current };
  }

  async #write(collection: string, rows: readonly PreparedWrite[], turn: number): Promise<void> {
    for (let from = 0; from < rows.length; from += rowsAtOnce) {
      const some = rows.slice(from, from + rowsAtOnce);
      await this.#shared.connection.inTime(this.#shared.view(collection).write(some, turn));
    }
  }
}

/** Every document of the batch, so that one that cannot be stored refuses it before anything is written. */
function prepare(writes: Batch['writes']): ReadonlyMap<AnyView, readonly PreparedWrite[]> {
  const prepared = new Map<AnyView, readonly PreparedWrite[]>();
  for (const [view, rows] of writes) {
    const documents = rows.map((write) => ({ write, document: rowDocument(view, write) }));
    if (documents.length > 0) prepared.set(view, documents);
  }
  return prepared;
}

/** Streams that begin to wait, those that wait on from a later event, and those that wait no longer. */
function changesOf(parked: readonly ParkedEvent[], unparked: readonly ParkedStream[]) {
  const within = (streams: readonly ParkedStream[]) => (one: ParkedStream) =>
    streams.some(({ projection, stream }) => projection === one.projection && stream === one.stream);
  const isUnparked = within(unparked);
  const isParked = within(parked);
  return {
    fresh: parked.filter((each) => !isUnparked(each)),
    moved: parked.filter(isUnparked),
    ended: unparked.filter((each) => !isParked(each)),
  };
}
