import type { Position, StoredEvent } from '@evident/event-store';
import { BatchParking } from './batch-parking.ts';
import { applies, evolveBatch, type Interested, type PassOver, planBatch } from './evolve-batch.ts';
import { ParkedStreams } from './parked-streams.ts';
import type { AnyProjection, DecodeBatch } from './projection.ts';
import type { ProjectedLog } from './projection-runner.ts';
import {
  type AnyView,
  type Batch,
  type Checkpoint,
  type ParkedEvent,
  type Progress,
  type ReadModelStore,
  type StoredRow,
  viewId,
} from './read-model.port.ts';
import { ReadModelFault } from './read-model-fault.ts';
import type { StartOverReason } from './runner-outcomes.ts';
import { whyStartOver } from './start-over.ts';

export interface GroupWorkOptions {
  readonly group: string;
  readonly projections: readonly AnyProjection[];
  readonly events: ProjectedLog;
  readonly store: ReadModelStore;
  readonly decode: DecodeBatch;
  readonly onParked: (parked: ParkedEvent) => void;
  readonly passOver?: PassOver;
}

/** Another runner has raised the epoch: this one is at its end. */
export class TakenOver extends ReadModelFault {
  constructor() {
    super('closed', 'another runner has taken the group over');
  }
}

/** The work of one group under one epoch, one call at a time. Throws on faults, and every call can be repeated. */
export class GroupWork {
  readonly parked = new ParkedStreams();
  readonly #options: GroupWorkOptions;
  #projections: readonly AnyProjection[];
  #interested: Interested;
  #epoch = 0;
  #progress: Progress | undefined;
  /** Whether the last write failed, and may have been done in part. */
  #uncertain = false;
  /** Whether the store's checkpoint is behind, because the last events changed no row. */
  #unsaved = false;

  constructor(options: GroupWorkOptions) {
    this.#options = options;
    this.#projections = options.projections;
    this.#interested = interestedIn(options.projections);
  }

  get projections(): readonly AnyProjection[] {
    return this.#projections;
  }

  get position(): Position | undefined {
    return this.#progress?.position;
  }

  /** How many events of the log it has applied. */
  get events(): number {
    return this.#progress?.events ?? 0;
  }

  get unsaved(): boolean {
    return this.#unsaved;
  }

  /**
   * Takes the group over and, where the log or the views are not those of its checkpoint, starts over. Called again, it
   * does so only where nobody has taken the group over since: that one may follow the log that took the place of this
   * one's, and its rows would be thrown away for those of a log that is gone.
   */
  async start(): Promise<StartOverReason | undefined> {
    const { group, store, events } = this.#options;
    if (this.#epoch > 0 && ((await store.readCheckpoint(group))?.epoch ?? 0) > this.#epoch) throw new TakenOver();
    const projections = this.#projections;
    await store.prepare(projections.map(({ view }) => view));
    const checkpoint = await store.takeOver(group);
    this.#epoch = checkpoint.epoch;
    const decision = await whyStartOver(checkpoint, projections, events);
    if (decision !== undefined) {
      const { drop, forget, views } = decision;
      const outcome = await store.startOver(group, { epoch: this.#epoch, drop, forget, views });
      if (outcome.outcome === 'stale-epoch') throw new TakenOver();
    }
    if (decision === undefined) await this.#keepOwnViews(checkpoint);
    await this.#readParked();
    this.#progress = decision === undefined ? progressOf(checkpoint) : undefined;
    this.#unsaved = false;
    return decision?.reason;
  }

  /** Passes over what it has applied: rows that were built beside and adopted may be ahead of the log's follower. */
  async apply(batch: readonly StoredEvent[]): Promise<void> {
    const at = this.position;
    const events = at === undefined ? batch : batch.filter(({ position }) => position > at);
    const last = events.at(-1);
    if (last === undefined) return;
    await this.settle();
    const wanted = events.filter(({ type }) => this.#interested(type).length > 0);
    const progress = { position: last.position, events: this.events + events.length };
    if (wanted.length > 0) await this.#applyWanted(wanted, progress);
    this.#unsaved = wanted.length === 0;
    this.#progress = progress;
  }

  /** After a write that failed only the store knows what is parked: of an interrupted batch that may be a part. */
  async settle(): Promise<void> {
    if (this.#uncertain) await this.#readParked();
    this.#uncertain = false;
  }

  /** Puts the checkpoint where the work stands. */
  async save(): Promise<void> {
    if (!this.#unsaved || this.#progress === undefined) return;
    await this.write({ progress: this.#progress, writes: new Map() });
    this.#unsaved = false;
  }

  /** Goes on with what was built beside: its rows, its place in the log, what it parked, and its projections. */
  async adopt(generation: string, projections: readonly AnyProjection[]): Promise<void> {
    const { group, store } = this.#options;
    const { outcome } = await store.adopt(group, { epoch: this.#epoch, generation });
    if (outcome === 'stale-epoch') throw new TakenOver();
    this.#projections = projections;
    this.#interested = interestedIn(projections);
    const checkpoint = await store.readCheckpoint(group);
    await this.#readParked();
    this.#progress = checkpoint === undefined ? undefined : progressOf(checkpoint);
    this.#unsaved = false;
  }

  async write(batch: Omit<Batch, 'epoch'>): Promise<void> {
    const { group, store, onParked } = this.#options;
    this.#uncertain = true;
    const { outcome } = await store.applyBatch(group, { ...batch, epoch: this.#epoch });
    this.#uncertain = false;
    if (outcome === 'stale-epoch') throw new TakenOver();
    for (const stream of batch.unparked ?? []) this.parked.remove(stream);
    for (const parked of batch.parked ?? []) {
      const before = this.parked.waits(parked.projection, parked.stream);
      this.parked.add(parked);
      if (!before) onParked(parked);
    }
  }

  /** What another version of the program kept up besides is kept up no more, and must not pass for filled later on. */
  async #keepOwnViews({ views: filled }: Checkpoint): Promise<void> {
    const { group, store } = this.#options;
    const views = this.#projections.map(({ view }) => view);
    const own = new Set(views.map(viewId));
    if (filled.every((view) => own.has(view))) return;
    const outcome = await store.keepViews(group, { epoch: this.#epoch, views });
    if (outcome.outcome === 'stale-epoch') throw new TakenOver();
  }

  async #readParked(): Promise<void> {
    const { group, store } = this.#options;
    const names = new Set(this.#projections.map(({ name }) => name));
    this.parked.replaceAll((await store.readParked(group)).filter(({ projection }) => names.has(projection)));
  }

  async #applyWanted(wanted: readonly StoredEvent[], progress: Progress): Promise<void> {
    try {
      await this.#evolveAndWrite(wanted, this.#interested, progress);
    } catch (error) {
      if (!isUnfit(error)) throw error;
      await this.#applyOneByOne(wanted);
      await this.write({ progress, writes: new Map() });
    }
  }

  async #evolveAndWrite(events: readonly StoredEvent[], interested: Interested, progress?: Progress): Promise<void> {
    const { store, decode, passOver = () => false } = this.#options;
    const parking = new BatchParking(this.parked);
    const plan = planBatch(events, interested, await decode(events), { parking, passOver });
    const loaded = new Map<AnyProjection, ReadonlyMap<string, StoredRow>>();
    for (const [projection, keys] of plan.keys) {
      const rows = keys.size === 0 ? new Map() : await store.getMany(projection.view, [...keys]);
      loaded.set(projection, rows);
    }
    const writes = evolveBatch(plan, loaded, parking);
    const batch = { writes, parked: parking.changes() };
    await this.write(progress === undefined ? batch : { ...batch, progress });
  }

  /** Finds which events make rows that cannot be stored, and parks those; rows written before are guarded. */
  async #applyOneByOne(events: readonly StoredEvent[]): Promise<void> {
    for (const event of events) {
      for (const projection of this.#interested(event.type)) {
        try {
          await this.#evolveAndWrite([event], () => [projection]);
        } catch (error) {
          if (!isUnfit(error)) throw error;
          const parking = new BatchParking(this.parked);
          parking.park(projection, event, error, []);
          await this.write({ writes: new Map<AnyView, never[]>(), parked: parking.changes() });
        }
      }
    }
  }
}

function progressOf({ position, events }: Checkpoint): Progress | undefined {
  return position === undefined ? undefined : { position, events };
}

export function isUnfit(error: unknown): boolean {
  return error instanceof ReadModelFault && error.code === 'unfit-row';
}

function interestedIn(projections: readonly AnyProjection[]): Interested {
  const types = new Set(projections.flatMap((each) => [...each.types]));
  const byType = new Map([...types].map((type) => [type, projections.filter((each) => applies(each, type))]));
  const toAll = projections.filter(({ decodesOnly }) => decodesOnly !== undefined);
  return (type) => byType.get(type) ?? toAll;
}
