import type { StoredEvent } from '@evident/event-store';
import type { BatchParking } from './batch-parking.ts';
import { EvolvingRows } from './evolving-rows.ts';
import type { AnyProjection, DecodeEvent, ProjectedEvent } from './projection.ts';
import type { AnyView, RowWrite, StoredRow } from './read-model.port.ts';

/** One event for one projection, with the rows it changes there. */
interface Step {
  readonly projection: AnyProjection;
  readonly event: ProjectedEvent;
  readonly keys: readonly string[];
}

/** What a batch is going to do, before any row was read. */
export interface BatchPlan {
  readonly steps: readonly Step[];
  /** Of the rows that have to be loaded; an entry for each projection that has a step. */
  readonly keys: ReadonlyMap<AnyProjection, ReadonlySet<string>>;
}

/** Which projections apply an event. */
export type Interested = (type: string) => readonly AnyProjection[];

/** Which events a projection never applies, because somebody decided so. */
export type PassOver = (projection: string, eventId: string) => boolean;

/** Decodes each event once, asks each projection for keys, and parks what throws. */
export function planBatch(
  events: readonly StoredEvent[],
  interested: Interested,
  decode: DecodeEvent,
  { parking, passOver }: { readonly parking: BatchParking; readonly passOver: PassOver },
): BatchPlan {
  const steps: Step[] = [];
  const keys = new Map<AnyProjection, Set<string>>();
  for (const stored of events) {
    const open = once(() => decode(stored));
    for (const projection of interested(stored.type)) {
      if (passOver(projection.name, stored.id)) continue;
      const step = attempt(() =>
        planStep(projection, seesAsStored(projection, stored) ? decode(stored, true) : open()),
      );
      if (parking.waits(projection, stored)) {
        if ('value' in step) parking.mark(projection, stored, step.value.keys);
      } else if ('error' in step) {
        parking.park(projection, stored, step.error, []);
      } else {
        steps.push(step.value);
        addRows(keys, step.value);
      }
    }
  }
  return { steps, keys };
}

/** The rows that a step needs. Where it needs none its projection has an entry all the same. */
function addRows(keys: Map<AnyProjection, Set<string>>, { projection, event, keys: touched }: Step): void {
  const needed = keys.get(projection) ?? new Set();
  keys.set(projection, needed);
  if (needsRows(projection, event.stored.type)) for (const key of touched) needed.add(key);
}

export function applies({ types, decodesOnly }: AnyProjection, type: string): boolean {
  return decodesOnly !== undefined || types.has(type);
}

/** Whether it applies events that it does not decode, and this is one of them. */
export function seesAsStored({ decodesOnly }: AnyProjection, { type }: Pick<StoredEvent, 'type'>): boolean {
  return decodesOnly !== undefined && !decodesOnly.has(type);
}

function needsRows({ rowPerEvent, changesOthers }: AnyProjection, type: string): boolean {
  return rowPerEvent !== true || changesOthers?.has(type) === true;
}

/** Evolves the loaded rows in log order. */
export function evolveBatch(
  plan: BatchPlan,
  loaded: ReadonlyMap<AnyProjection, ReadonlyMap<string, StoredRow>>,
  parking: BatchParking,
): ReadonlyMap<AnyView, readonly RowWrite[]> {
  const rows = new Map([...loaded].map(([projection, found]) => [projection, new EvolvingRows(projection, found)]));
  for (const { projection, event, keys } of plan.steps) {
    if (parking.waits(projection, event.stored)) {
      parking.mark(projection, event.stored, keys);
      continue;
    }
    const result = attempt(() => rows.get(projection)?.apply(event, keys));
    if ('error' in result) parking.park(projection, event.stored, result.error, keys);
  }
  const writes = new Map<AnyView, readonly RowWrite[]>();
  for (const [projection, evolved] of rows) {
    const changed = evolved.writes();
    if (changed.length > 0) writes.set(projection.view, changed);
  }
  return writes;
}

export function planStep(projection: AnyProjection, event: ProjectedEvent): Step {
  const keys = projection.keys(event);
  if (!keys.every((key) => typeof key === 'string')) throw new TypeError('keys gave something that is no text');
  return { projection, event, keys: keys.length > 1 ? [...new Set(keys)] : keys };
}

type Attempt<Value> = { readonly value: Value } | { readonly error: unknown };

export function attempt<Value>(work: () => Value): Attempt<Value> {
  try {
    return { value: work() };
  } catch (error) {
    return { error };
  }
}

/** The first outcome again each time, a throw as well. */
function once<Value>(work: () => Value): () => Value {
  let outcome: Attempt<Value> | undefined;
  return () => {
    outcome ??= attempt(work);
    if ('error' in outcome) throw outcome.error;
    return outcome.value;
  };
}
