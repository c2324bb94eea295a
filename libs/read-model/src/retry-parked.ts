import type { StoredEvent } from '@evident/event-store';
import { BatchParking } from './batch-parking.ts';
import { applies, attempt, type PassOver, planStep, seesAsStored } from './evolve-batch.ts';
import { EvolvingRows } from './evolving-rows.ts';
import { type GroupWork, isUnfit } from './group-work.ts';
import { ParkedStreams } from './parked-streams.ts';
import type { AnyProjection, DecodeBatch, DecodeEvent, ProjectedEvent } from './projection.ts';
import type { ProjectedLog } from './projection-runner.ts';
import type { AnyView, ReadModelStore, RowWrite } from './read-model.port.ts';
import type { RetryOutcome } from './runner-outcomes.ts';

export interface RetryContext {
  readonly work: GroupWork;
  readonly projection: AnyProjection;
  readonly events: ProjectedLog;
  readonly store: ReadModelStore;
  readonly decode: DecodeBatch;
  readonly passOver?: PassOver;
}

/**
 * Applies the waiting events of a parked stream in order, up to where the group stands: later ones come with the
 * log. With `discard` the event that failed is passed over. Rows, parking and what still fails are one batch.
 */
export async function retryParked(context: RetryContext, stream: string, discard: boolean): Promise<RetryOutcome> {
  const { work, projection, events, store, decode, passOver = () => false } = context;
  await work.settle();
  const waiting = work.parked.waitingFrom(projection.name, stream);
  const reached = work.position;
  if (waiting === undefined || reached === undefined) return { outcome: 'not-parked' };
  const read = await events.readStream(stream, { from: waiting.revision + (discard ? 1 : 0) });
  const due = read.filter(
    ({ id, position, type }) => position <= reached && applies(projection, type) && !passOver(projection.name, id),
  );

  const parking = new BatchParking(new ParkedStreams());
  const steps = planRetry(projection, due, await decode(due), parking);
  const loaded = await store.getMany(projection.view, [...new Set(steps.flatMap(({ keys }) => keys))]);
  const rows = new EvolvingRows(projection, loaded);
  for (const { event, keys } of steps) {
    if (parking.waits(projection, event.stored)) {
      parking.mark(projection, event.stored, keys);
      continue;
    }
    const result = attempt(() => rows.applyLate(event, keys, due, loaded));
    if ('error' in result) parking.park(projection, event.stored, result.error, keys);
  }
  const writes = new Map<AnyView, readonly RowWrite[]>([[projection.view, rows.writes()]]);
  const parked = parking.changes();
  try {
    await work.write({ writes, unparked: [{ projection: projection.name, stream }], parked });
  } catch (error) {
    if (isUnfit(error)) return { outcome: 'parked', parked: waiting };
    throw error;
  }
  const again = parked[0];
  return again === undefined ? { outcome: 'unparked', events: due.length } : { outcome: 'parked', parked: again };
}

/** The events that can be decoded, with their rows; the first that cannot is parked, later ones mark their rows. */
function planRetry(projection: AnyProjection, due: readonly StoredEvent[], decode: DecodeEvent, parking: BatchParking) {
  const steps: { readonly event: ProjectedEvent; readonly keys: readonly string[] }[] = [];
  for (const stored of due) {
    const step = attempt(() => planStep(projection, decode(stored, seesAsStored(projection, stored))));
    if ('value' in step) steps.push(step.value);
    else if (!parking.waits(projection, stored)) parking.park(projection, stored, step.error, []);
  }
  return steps;
}
