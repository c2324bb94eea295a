import { isDeepStrictEqual } from 'node:util';
import type { JsonObject } from '@evident/event-store';
import { comparedIn } from './generations.ts';
import { giveWay } from './pace.ts';
import type { AnyProjection } from './projection.ts';
import type { ProjectionRunner, ProjectionRunnerOptions } from './projection-runner.ts';
import { type AnyView, type ReadModelStore, type StoredRow, viewId } from './read-model.port.ts';
import { buildBeside, caughtUp, type LiveGroup } from './rebuild.ts';
import type { Comparison, Difference } from './runner-outcomes.ts';

/** A row that was not the same on both sides when it was looked at. */
export interface Suspect {
  readonly view: AnyView;
  readonly key: string;
}

const pageSize = 200;
const listed = 100;
/** How often rows that change while they are compared are looked at again. */
const looks = 50;
const stillMs = 50;
/** Rows are compared for about so long before others have their turn. */
const stepMs = 5;

/**
 * Replays the log into a scratch generation and compares every row with the live one, while that goes on. A row that
 * differs is looked at again while the live runner stands still, so that a change in between is no difference.
 */
export async function verifyGroup(options: ProjectionRunnerOptions, live: LiveGroup): Promise<Comparison> {
  const { store, projections } = options;
  const scratch = store.beside(comparedIn);
  const shadow = await buildBeside(options, live, comparedIn);
  try {
    if (!(await caughtUp(shadow, live))) return { rows: 0, differences: [], differing: 0, stopped: true };
    const { rows, suspects } = await compareRows(projections, store, scratch);
    const differences = await lookAgain(suspects, { store, scratch, shadow, live });
    return {
      rows,
      differences: differences.slice(0, listed),
      differing: differences.length,
      stopped: live.signal.aborted,
    };
  } finally {
    await shadow.stop();
    for (const { view } of projections) await scratch.drop(view);
  }
}

/** Goes through the rows of both sides, a page at a time; tells how many the first side has. */
export async function compareRows(
  projections: readonly AnyProjection[],
  store: ReadModelStore,
  scratch: ReadModelStore,
): Promise<{ readonly rows: number; readonly suspects: readonly Suspect[] }> {
  let rows = 0;
  const suspects: Suspect[] = [];
  for (const { view } of projections) {
    for await (const page of pages(view, store)) {
      const others = await scratch.getMany(
        view,
        page.map(({ key }) => key),
      );
      for (const { key, row } of page) if (!isSame(row, others.get(key)?.row)) suspects.push({ view, key });
      rows += page.length;
    }
    for await (const page of pages(view, scratch)) {
      const others = await store.getMany(
        view,
        page.map(({ key }) => key),
      );
      for (const { key, row } of page) if (row !== undefined && !others.has(key)) suspects.push({ view, key });
    }
  }
  return { rows, suspects };
}

async function* pages(view: AnyView, store: ReadModelStore): AsyncGenerator<readonly StoredRow[]> {
  let page = await store.scan(view, { limit: pageSize });
  while (page.length > 0) {
    yield page;
    const after = page.at(-1)?.key ?? '';
    await giveWay(stepMs);
    page = await store.scan(view, { after, limit: pageSize });
  }
}

interface Sides {
  readonly store: ReadModelStore;
  readonly scratch: ReadModelStore;
  readonly shadow: ProjectionRunner;
  readonly live: LiveGroup;
}

async function lookAgain(suspects: readonly Suspect[], sides: Sides): Promise<readonly Difference[]> {
  const found: Difference[] = [];
  let left = suspects;
  for (let look = 0; look < looks && left.length > 0; look += 1) {
    const moving: Suspect[] = [];
    for (let from = 0; from < left.length; from += pageSize) {
      const some = left.slice(from, from + pageSize);
      await sides.live.inTurn(async () => {
        for (const suspect of some) {
          const difference = await compareStill(suspect, sides);
          if (difference === 'moving') moving.push(suspect);
          else if (difference !== undefined) found.push(difference);
        }
      });
    }
    left = moving;
  }
  return found;
}

/** While the live rows stand still; those beside may be ahead, and then nothing can be said yet. */
async function compareStill({ view, key }: Suspect, { store, scratch, shadow, live }: Sides) {
  const at = live.work.position;
  if (at !== undefined && (await shadow.reached(at, stillMs)) !== 'reached') return 'moving';
  const [served, rebuilt] = [
    (await store.getMany(view, [key])).get(key),
    (await scratch.getMany(view, [key])).get(key),
  ];
  if (isSame(served?.row, rebuilt?.row)) return undefined;
  if (rebuilt !== undefined && at !== undefined && rebuilt.position > at) return 'moving';
  return { view: viewId(view), key, live: served?.row ?? null, rebuilt: rebuilt?.row ?? null };
}

/** By what is stored: a row in memory may still have members that are undefined. */
function isSame(a: JsonObject | undefined, b: JsonObject | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return isDeepStrictEqual(a, b) || isDeepStrictEqual(JSON.parse(JSON.stringify(a)), JSON.parse(JSON.stringify(b)));
}
