import type { Logger, Metrics } from '@evident/runtime';
import type { ProjectionGroup } from './projection-group.ts';

const intervalMs = 1_000;
/** Counting costs a read of what is missing, so that a gauge stops where an alarm has long been due. */
const countUpTo = 1_000;

/** Keeps the gauges of lag and parked events; @returns ends it. */
export function measureLag(groups: readonly ProjectionGroup[], metrics: Metrics, logger: Logger): () => void {
  const measure = async (group: ProjectionGroup) => {
    const projection = group.name;
    try {
      const lag = await group.lag(countUpTo);
      metrics.projectionLagEvents.set({ projection }, lag.events);
      metrics.projectionLagSeconds.set({ projection }, lag.ms / 1_000);
      metrics.projectionParked.set({ projection }, group.parked().length);
    } catch (error) {
      logger.debug({ projection, error }, 'The lag of the projections cannot be measured.');
    }
  };
  let measuring = Promise.resolve();
  const timer = setInterval(() => {
    measuring = measuring.then(async () => {
      for (const group of groups) await measure(group);
    });
  }, intervalMs).unref();
  return () => clearInterval(timer);
}
