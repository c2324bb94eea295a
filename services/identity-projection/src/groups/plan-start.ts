import { createHash } from 'node:crypto';
import type { EventStore } from '@evident/event-store';
import { type AnyProjection, type ReadModelStore, viewId } from '@evident/read-model';

/**
 * How a process begins to keep up a group.
 *
 * - `together`: it takes the group over, whose rows are those of this program, or begins with none.
 * - `grow`: it takes the group over with the views that are filled, and fills the others from the first event beside.
 * - `beside`: another version of the program reads rows that this one would no longer keep up. All views are filled in
 *   a generation of their own and read from there, until nobody reads the others.
 */
export type StartPlan =
  | { readonly plan: 'together' }
  | { readonly plan: 'grow'; readonly filled: readonly AnyProjection[] }
  | { readonly plan: 'beside'; readonly generation: string; readonly foreign: readonly string[] };

export interface StartToPlan {
  readonly group: string;
  readonly projections: readonly AnyProjection[];
  readonly store: ReadModelStore;
  readonly events: Pick<EventStore, 'compare'>;
  /** The views that other processes read. */
  readonly othersRead: () => Promise<ReadonlySet<string>>;
}

export async function planStart({ group, projections, store, events, othersRead }: StartToPlan): Promise<StartPlan> {
  const checkpoint = await store.readCheckpoint(group);
  const position = checkpoint?.position;
  if (position === undefined || typeof events.compare(position, position) !== 'number') return { plan: 'together' };
  const there = new Set(checkpoint?.views);
  const own = new Set(projections.map(({ view }) => viewId(view)));
  const foreign = [...there].filter((view) => !own.has(view));
  if (foreign.length > 0) {
    const read = await othersRead();
    if (foreign.some((view) => read.has(view))) return { plan: 'beside', generation: generationOf(own), foreign };
  }
  const filled = projections.filter(({ view }) => there.has(viewId(view)));
  if (filled.length === projections.length || filled.length === 0) return { plan: 'together' };
  return { plan: 'grow', filled };
}

/** The same views are the same generation, so that processes of one version share it, and a restart goes on with it. */
function generationOf(views: ReadonlySet<string>): string {
  const digest = createHash('sha256')
    .update([...views].sort().join())
    .digest();
  return `v${[...digest.subarray(0, 12)].map((byte) => String.fromCharCode(97 + (byte % 26))).join('')}`;
}
