import type { AnyProjection } from './projection.ts';
import type { ProjectedLog } from './projection-runner.ts';
import { type Checkpoint, type StartOver, viewId } from './read-model.port.ts';
import type { StartOverReason } from './runner-outcomes.ts';

export type StartOverDecision = Omit<StartOver, 'epoch'> & { readonly reason: StartOverReason | undefined };

/** Whether a group has to begin again from before the first event; `reason` is undefined the very first time. */
export async function whyStartOver(
  checkpoint: Checkpoint,
  projections: readonly AnyProjection[],
  events: ProjectedLog,
): Promise<StartOverDecision | undefined> {
  const unfit = await logDiffers(checkpoint, events);
  const filled = new Set(unfit === undefined ? checkpoint.views : []);
  const missing = projections.filter(({ view }) => !filled.has(viewId(view)));
  if (missing.length === 0) return undefined;
  return {
    reason: unfit ?? (checkpoint.position === undefined ? undefined : 'views-added'),
    drop: missing.map(({ view }) => view),
    forget: missing.map(({ name }) => name),
    views: projections.map(({ view }) => view),
  };
}

async function logDiffers({ position }: Checkpoint, events: ProjectedLog): Promise<StartOverReason | undefined> {
  if (position === undefined) return undefined;
  if (typeof events.compare(position, position) !== 'number') return 'log-changed';
  const last = await events.lastPosition();
  return last === undefined || last < position ? 'log-shorter' : undefined;
}
