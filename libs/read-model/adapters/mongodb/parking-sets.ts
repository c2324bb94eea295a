import { randomBytes } from 'node:crypto';
import type { Position } from '@evident/event-store';
import type { AnyBulkWriteOperation, Collection } from 'mongodb';
import type { ParkedEvent, ParkedStream } from '../../src/read-model.port.ts';
import { makeMissingIndexes } from './missing-indexes.ts';

/** A parked stream in one set. */
export interface ParkedDocument {
  /** Of set, projection and stream. */
  readonly _id: string;
  readonly set: string;
  readonly projection: string;
  readonly stream: string;
  readonly eventId: string;
  readonly type: string;
  readonly revision: number;
  readonly position: Position;
  readonly error: string;
  readonly keys: readonly string[];
}

/** A name that nothing else has. */
export function freshName(): string {
  return randomBytes(6).toString('hex');
}

/**
 * Parked streams lie in sets, and the group's record names the one that counts. Whoever takes a group over copies its
 * set to one of its own, so that an earlier owner who wakes up late changes a set that nobody reads.
 */
export class ParkingSets {
  readonly #collection: Collection<ParkedDocument>;

  constructor(collection: Collection<ParkedDocument>) {
    this.#collection = collection;
  }

  async prepare(): Promise<void> {
    await makeMissingIndexes(this.#collection, new Map([['set', { set: 1, position: 1, projection: 1 }]]));
  }

  async read(set: string): Promise<readonly ParkedEvent[]> {
    const found = this.#collection.find({ set }, { sort: { set: 1, position: 1, projection: 1 }, hint: 'set' });
    return (await found.toArray()).map(({ _id, set: _set, ...parked }) => parked);
  }

  /** Copies a set to a new one, without the streams that these projections parked. */
  async copy(from: string, to: string, without: readonly string[] = []): Promise<void> {
    const kept = (await this.read(from)).filter(({ projection }) => !without.includes(projection));
    await this.#write(kept.map((parked) => replacing(to, parked)));
  }

  async remove(set: string, streams: readonly ParkedStream[]): Promise<void> {
    await this.#write(streams.map((stream) => ({ deleteOne: { filter: { _id: idOf(set, stream) } } })));
  }

  /** The first event of a stream that came stays, and keys are gathered. Only the owner of the set may call it. */
  async add(set: string, parked: readonly ParkedEvent[]): Promise<void> {
    if (parked.length === 0) return;
    const ids = parked.map((each) => idOf(set, each));
    const known = new Map<string, ParkedEvent>();
    for await (const document of this.#collection.find({ _id: { $in: ids } })) known.set(document._id, document);
    for (const each of parked) {
      const before = known.get(idOf(set, each)) ?? each;
      const keys = [...new Set([...before.keys, ...each.keys])].sort(byCodePoint);
      known.set(idOf(set, each), { ...before, keys });
    }
    await this.#write([...known.values()].map((each) => replacing(set, each)));
  }

  /** Puts these in the place of what is known of their streams. */
  async replace(set: string, parked: readonly ParkedEvent[]): Promise<void> {
    await this.#write(parked.map((each) => replacing(set, { ...each, keys: [...each.keys].sort(byCodePoint) })));
  }

  async drop(set: string): Promise<void> {
    await this.#collection.deleteMany({ set });
  }

  async #write(operations: readonly AnyBulkWriteOperation<ParkedDocument>[]): Promise<void> {
    if (operations.length > 0) await this.#collection.bulkWrite(operations);
  }
}

function replacing(set: string, parked: ParkedEvent): AnyBulkWriteOperation<ParkedDocument> {
  const { projection, stream, eventId, type, revision, position, error, keys } = parked;
  const replacement = { set, projection, stream, eventId, type, revision, position, error, keys };
  return { replaceOne: { filter: { _id: idOf(set, parked) }, replacement, upsert: true } };
}

function idOf(set: string, { projection, stream }: ParkedStream): string {
  return JSON.stringify([set, projection, stream]);
}

function byCodePoint(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other));
}
