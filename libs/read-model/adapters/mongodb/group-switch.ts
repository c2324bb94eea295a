import { besideGroup } from '../../src/generations.ts';
import { type AnyView, type BatchOutcome, type StartOver, viewId } from '../../src/read-model.port.ts';
import { ReadModelFault } from '../../src/read-model-fault.ts';
import { collectionName, collectionOf, type Fill, type GroupRecord, nextFillTurn } from './group-record.ts';
import { freshName } from './parking-sets.ts';
import type { SharedStore } from './shared-store.ts';

/**
 * The two steps that give a group other rows, parking and checkpoint at once: everything new is made beside what
 * counts, then one change of the group's record makes it count, then what counted before is taken away. A crash
 * leaves the one state or the other, and collections that nobody names, which the next start over removes.
 */
export class GroupSwitch {
  readonly #shared: SharedStore;
  readonly #generation: string | undefined;

  constructor(shared: SharedStore, generation: string | undefined) {
    this.#shared = shared;
    this.#generation = generation;
  }

  async startOver(name: string, { epoch, drop, forget, views }: StartOver): Promise<BatchOutcome> {
    const { records, parking } = this.#shared;
    const all = await records.placingWith(name);
    const record = all.find(({ _id }) => _id === name);
    if (record?.epoch !== epoch) return { outcome: 'stale-epoch', current: record?.epoch ?? 0 };
    const before = drop.map((view) => collectionOf(all, view, this.#generation));
    const fills = drop.map((view) => ({
      view: viewId(view),
      fill: `${record.generation}-${freshName()}`,
      turn: nextFillTurn(all, view),
    }));
    for (const [at, view] of drop.entries()) {
      await this.#shared.makeCollection(collectionName(view, fills[at]?.fill ?? ''), view);
    }
    const own = freshName();
    await parking.copy(record.parking, own, forget);
    const fenced = await records.change(name, epoch, {
      position: null,
      events: 0,
      views: views.map(viewId),
      fills: merged(record.fills, fills),
      parking: own,
    });
    if (!fenced.changed) return { outcome: 'stale-epoch', current: fenced.current };
    await this.#prepare(views);
    await parking.drop(record.parking);
    for (const collection of before) await this.#shared.dropCollection(collection);
    await this.#sweep(drop, record.generation);
    return { outcome: 'applied' };
  }

  async adopt(
    group: string,
    { epoch, generation }: { readonly epoch: number; readonly generation: string },
  ): Promise<BatchOutcome> {
    const { records, parking } = this.#shared;
    const record = await records.read(group);
    if (record?.epoch !== epoch) return { outcome: 'stale-epoch', current: record?.epoch ?? 0 };
    const beside = besideGroup(group, generation);
    if (((await records.read(beside))?.epoch ?? 0) === 0) {
      throw new ReadModelFault('misuse', `${beside}: nothing was built there`);
    }
    // Fences whoever built it, so that what is read of it here is the last of it.
    const built = await records.raiseEpoch(beside, generation);
    const own = freshName();
    await parking.copy(built.parking, own);
    await records.put(retired(group, record));
    const { position, events, views } = built;
    const fenced = await records.change(group, epoch, {
      position,
      events,
      generation,
      views,
      fills: merged(record.fills, built.fills),
      parking: own,
      turn: await records.nextTurn(),
    });
    if (!fenced.changed) return { outcome: 'stale-epoch', current: fenced.current };
    await records.remove(beside);
    await parking.drop(built.parking);
    await parking.drop(record.parking);
    return { outcome: 'applied' };
  }

  async #prepare(views: readonly AnyView[]): Promise<void> {
    const all = await this.#shared.records.placing();
    for (const view of views) await this.#shared.makeCollection(collectionOf(all, view, this.#generation), view);
  }

  /** Removes collections that an interrupted start over made and nobody names. */
  async #sweep(views: readonly AnyView[], generation: string): Promise<void> {
    const { connection, records } = this.#shared;
    const fills = (await records.placing()).flatMap((record) => record.fills);
    for (const view of views) {
      const named = fills.filter((fill) => fill.view === viewId(view)).map(({ fill }) => collectionName(view, fill));
      const there = await connection.collectionNames(collectionName(view, `${generation}-`));
      for (const name of there) if (!named.includes(name)) await this.#shared.dropCollection(name);
    }
  }
}

/** Says where the rows before lie, for those who look beside; nobody owns them. */
function retired(group: string, { generation, fills }: GroupRecord): GroupRecord {
  const nothing = { epoch: 0, position: null, events: 0, views: [], parking: freshName(), turn: 0 };
  return { _id: besideGroup(group, generation), generation, fills, ...nothing };
}

function merged(before: readonly Fill[], now: readonly Fill[]): readonly Fill[] {
  return [...before.filter(({ view }) => !now.some((each) => each.view === view)), ...now];
}
