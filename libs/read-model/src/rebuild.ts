import type { Position } from '@evident/event-store';
import { firstGeneration, rebuiltIn } from './generations.ts';
import type { GroupWork } from './group-work.ts';
import type { AnyProjection } from './projection.ts';
import type { ProjectionRunner, ProjectionRunnerOptions, RunnerHooks } from './projection-runner.ts';
import { type Checkpoint, type ReadModelStore, viewId } from './read-model.port.ts';
import { ReadModelFault } from './read-model-fault.ts';
import type { RebuildOutcome, RebuildProgress } from './runner-outcomes.ts';

/** The runner that goes on meanwhile, as a rebuild sees it. */
export interface LiveGroup {
  readonly work: GroupWork;
  readonly signal: AbortSignal;
  /** Starts a runner of the same kind. */
  run(options: ProjectionRunnerOptions): ProjectionRunner;
  /** Does it while no batch is applied. */
  inTurn<Result>(work: () => Promise<Result>): Promise<Result>;
}

/**
 * How long the live runner stands still for the last events before the swap is put off, in milliseconds; whoever waits
 * for what they wrote waits for it. Each time by half as long again, so that a machine that is never fast enough swaps too.
 */
const still = { firstMs: 15, longestMs: 1000 };
/** What is built beside may hold the event loop for so long, and reads so many events at once. */
const beside = { stepMs: 5, batchSize: 250 };
/** Longer than any rebuild; timers take no more. */
const everMs = 2 ** 31 - 1;

/**
 * Builds the group anew from the first event, beside the rows that serve, and swaps when it has come as far. Readers
 * see the old rows until then and the new ones from then on; the live runner stands still only for the swap.
 */
export async function rebuildGroup(
  options: ProjectionRunnerOptions,
  live: LiveGroup,
  onProgress: (progress: RebuildProgress) => void,
): Promise<RebuildOutcome> {
  const { group, store, projections } = options;
  const before = await store.readCheckpoint(group);
  const previous = before?.generation;
  const generation = freeGeneration(before, projections);
  const shadow = await buildBeside(options, live, generation, onProgress);
  try {
    const built = store.beside(generation);
    for (let stillMs = still.firstMs; ; stillMs = Math.min(stillMs * 1.5, still.longestMs)) {
      if (!(await caughtUp(shadow, live))) return { outcome: 'stopped' };
      if (await live.inTurn(() => swap(built, shadow, { group, live, generation, projections, stillMs }))) break;
    }
  } finally {
    await shadow.stop();
  }
  await options.swapConfirmed?.(generation);
  const old = store.beside(previous ?? firstGeneration);
  for (const { view } of projections) await old.drop(view);
  return { outcome: 'rebuilt', events: live.work.events };
}

/** Rows of a view that no group fills yet count as of the first generation, which is not to be written beside then. */
function freeGeneration(before: Checkpoint | undefined, projections: readonly AnyProjection[]): string {
  const isNew = projections.some(({ view }) => before?.views.includes(viewId(view)) !== true);
  const taken = [before?.generation ?? firstGeneration, ...(isNew ? [firstGeneration] : [])];
  return rebuiltIn.find((each) => !taken.includes(each)) ?? 'green';
}

/** A runner over an empty generation, whatever an earlier attempt or an older version of the code left there. */
export async function buildBeside(
  options: ProjectionRunnerOptions,
  live: LiveGroup,
  generation: string,
  onProgress: (progress: RebuildProgress) => void = () => undefined,
): Promise<ProjectionRunner> {
  const { group, projections } = options;
  const store = options.store.beside(generation);
  const views = projections.map(({ view }) => view);
  await store.prepare(views);
  const { epoch } = await store.takeOver(group);
  // What is left of an attempt before goes a little at a time, which to start over would not.
  for (const view of views) await store.drop(view);
  await store.prepare(views);
  await store.startOver(group, { epoch, drop: views, forget: projections.map(({ name }) => name), views });
  const measure = measuring(live.work, onProgress);
  const { onFault, onApplied } = options.hooks ?? {};
  const hooks: RunnerHooks = {
    onBatch: ({ events }) => measure(events),
    ...(onFault && { onFault }),
    ...(onApplied && { onApplied }),
  };
  const batchSize = Math.min(options.batchSize ?? beside.batchSize, beside.batchSize);
  const pace = { stepMs: beside.stepMs, batchSize, gatherMs: 0 };
  return live.run({ ...options, ...pace, store, hooks, signal: live.signal });
}

/** Whether the rows beside have come to where the live ones stand; false where that will not be. */
export async function caughtUp(shadow: ProjectionRunner, { work }: LiveGroup): Promise<boolean> {
  await shadow.started;
  const at = work.position;
  return at === undefined ? shadow.state() !== 'stopped' : (await shadow.reached(at, everMs)) === 'reached';
}

interface Swap {
  readonly group: string;
  readonly live: LiveGroup;
  readonly generation: string;
  readonly projections: readonly AnyProjection[];
  readonly stillMs: number;
}

/** False where the last events did not come in time, and the live runner is to go on. */
async function swap(
  store: ReadModelStore,
  shadow: ProjectionRunner,
  { group, live, generation, projections, stillMs }: Swap,
): Promise<boolean> {
  const at = live.work.position;
  if (at !== undefined && (await shadow.reached(at, stillMs)) !== 'reached') return false;
  await shadow.stop();
  const built = await store.readCheckpoint(group);
  if (isBehind(built?.position, at))
    throw new ReadModelFault('unavailable', 'the checkpoint of the rebuild was not saved');
  await live.work.adopt(generation, projections);
  return true;
}

function isBehind(built: Position | undefined, live: Position | undefined): boolean {
  return live !== undefined && (built === undefined || built < live);
}

function measuring(work: GroupWork, onProgress: (progress: RebuildProgress) => void): (events: number) => void {
  const began = performance.now();
  let done = 0;
  return (events) => {
    done += events;
    const total = Math.max(done, work.events);
    const eventsPerSecond = done / Math.max(0.001, (performance.now() - began) / 1000);
    onProgress({ done, total, eventsPerSecond, etaSeconds: (total - done) / eventsPerSecond });
  };
}
