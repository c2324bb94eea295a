import type { Position } from '@evident/event-store';
import type { Collection, UpdateFilter } from 'mongodb';
import type { Progress } from '../../src/read-model.port.ts';
import { ReadModelFault } from '../../src/read-model-fault.ts';
import type { GroupRecord } from './group-record.ts';
import { idsBeginning } from './key-range.ts';
import { type IndexKey, makeMissingIndexes } from './missing-indexes.ts';
import { isDuplicateKey } from './mongodb-fault.ts';
import { freshName } from './parking-sets.ts';

/** What became of a change that only the owner of an epoch may make: `current` is 0 where there is no group. */
export type Fenced = { readonly changed: true } | { readonly changed: false; readonly current: number };

const indexes: ReadonlyMap<string, IndexKey> = new Map([
  ['views', { views: 1 }],
  ['fills', { 'fills.view': 1 }],
  ['turn', { turn: 1 }],
]);

/** Any text is after the empty one. */
const saysWhereRowsLie = [{ views: { $gt: '' } }, { 'fills.view': { $gt: '' } }] as const;

/** The records of all groups, each read and changed as one document. */
export class GroupRecords {
  readonly #collection: Collection<GroupRecord>;
  /** Up to where this process, as the owner of an epoch, has brought a group. */
  readonly #brought = new Map<string, Position>();
  #reading: Promise<readonly GroupRecord[]> | undefined;
  #following: Promise<readonly GroupRecord[]> | undefined;

  constructor(collection: Collection<GroupRecord>) {
    this.#collection = collection;
  }

  async prepare(): Promise<void> {
    await makeMissingIndexes(this.#collection, indexes);
  }

  /**
   * The records that say where rows lie, from a look-up that begins after the call; most have none to speak of, and there
   * may be thousands. Calls that come while one is under way share the next.
   */
  placing(): Promise<readonly GroupRecord[]> {
    if (this.#reading === undefined) return this.#readPlacing();
    this.#following ??= this.#reading.catch(() => undefined).then(() => this.#readPlacing());
    return this.#following;
  }

  /** The same with the record of one group, in one answer. */
  async placingWith(name: string): Promise<readonly GroupRecord[]> {
    return this.#collection.find({ $or: [{ _id: name }, ...saysWhereRowsLie] }).toArray();
  }

  /** A turn after all that there have been. */
  async nextTurn(): Promise<number> {
    const [last] = await this.#collection.find({}, { projection: { turn: 1 }, sort: { turn: -1 }, limit: 1 }).toArray();
    return (last?.turn ?? 0) + 1;
  }

  async read(name: string): Promise<GroupRecord | undefined> {
    return (await this.#collection.findOne({ _id: name })) ?? undefined;
  }

  /** Names of records that begin so and that somebody has taken over, by code point. */
  async names(prefix: string): Promise<readonly string[]> {
    const options = { projection: { epoch: 1 }, sort: { _id: 1 } } as const;
    const found = await this.#collection.find({ _id: idsBeginning(prefix) }, options).toArray();
    return found.filter(({ epoch }) => epoch > 0).map(({ _id }) => _id);
  }

  /** Raises the epoch, in a record that is made where there is none. */
  async raiseEpoch(name: string, generation: string): Promise<GroupRecord> {
    for (;;) {
      const options = { returnDocument: 'after' } as const;
      const raised = await this.#collection.findOneAndUpdate({ _id: name }, { $inc: { epoch: 1 } }, options);
      if (raised !== null) return raised;
      const nothing = { position: null, events: 0, views: [], fills: [], parking: freshName(), turn: 0 };
      const made = { _id: name, epoch: 1, generation, ...nothing };
      try {
        await this.#collection.insertOne(made);
        return made;
      } catch (error) {
        // Two made the record at once; the one that lost finds it now.
        if (!isDuplicateKey(error)) throw error;
      }
    }
  }

  /** Changes members of a record, where the epoch is still the caller's. */
  async change(name: string, epoch: number, set: Partial<Omit<GroupRecord, '_id' | 'epoch'>>): Promise<Fenced> {
    this.#brought.delete(memory(name, epoch));
    const update: UpdateFilter<GroupRecord> = { $set: set };
    const { matchedCount } = await this.#collection.updateOne({ _id: name, epoch }, update);
    return matchedCount === 1 ? { changed: true } : this.#refused(name);
  }

  /**
   * Moves the checkpoint on, never back. Only the owner moves it, so it must stand where the owner left it: an
   * earlier place means that the database was put back under a running projector, which must not write on over the
   * gap. A later one is an advance of its own whose answer was lost.
   */
  async advance(name: string, epoch: number, progress: Progress): Promise<Fenced> {
    const brought = this.#brought.get(memory(name, epoch));
    const from = brought ?? (await this.read(name))?.position ?? null;
    if (from === null || from < progress.position) {
      const { matchedCount } = await this.#collection.updateOne(
        { _id: name, epoch, position: from },
        { $set: progress },
      );
      if (matchedCount === 1) return this.#remember(name, epoch, progress.position);
    }
    const record = await this.read(name);
    if (record === undefined || record.epoch !== epoch) return { changed: false, current: record?.epoch ?? 0 };
    if (brought !== undefined && (record.position === null || record.position < brought)) {
      throw new ReadModelFault('damaged', `group ${name} went back from ${brought}; restart identity-projection`);
    }
    if (record.position !== null) this.#remember(name, epoch, record.position);
    const behind = record.position === null || record.position < progress.position;
    return behind ? this.advance(name, epoch, progress) : { changed: true };
  }

  /** Puts a record in the place of whatever stands there, for a group that nobody owns. */
  async put({ _id, ...record }: GroupRecord): Promise<void> {
    await this.#collection.replaceOne({ _id }, record, { upsert: true });
  }

  async remove(name: string): Promise<void> {
    await this.#collection.deleteOne({ _id: name });
  }

  #remember(name: string, epoch: number, position: Position): Fenced {
    this.#brought.set(memory(name, epoch), position);
    return { changed: true };
  }

  async #refused(name: string): Promise<Fenced> {
    return { changed: false, current: (await this.read(name))?.epoch ?? 0 };
  }

  #readPlacing(): Promise<readonly GroupRecord[]> {
    this.#following = undefined;
    const reading = this.#collection.find({ $or: [...saysWhereRowsLie] }).toArray();
    this.#reading = reading;
    const ended = () => {
      if (this.#reading === reading) this.#reading = undefined;
    };
    reading.then(ended, ended);
    return reading;
  }
}

function memory(name: string, epoch: number): string {
  return `${name} ${epoch}`;
}
