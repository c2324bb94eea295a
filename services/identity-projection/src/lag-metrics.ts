import type { EventStore, Position } from '@evident/event-store';
import type { Clock, Logger, Metrics } from '@evident/runtime';
import type { FeedPublisher } from './feed/feed-publisher.ts';
import type { ProjectionGroup } from './groups/projection-group.ts';

const intervalMs = 1_000;
/** Counting costs a read of what is missing, so that a gauge stops where an alarm has long been due. */
const countUpTo = 1_000;

export interface LagMeasurement {
  readonly groups: readonly ProjectionGroup[];
  readonly events: Pick<EventStore, 'readAll'>;
  readonly publisher: Pick<FeedPublisher, 'position'> | undefined;
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly now: Clock;
}

/** Keeps the gauges of lag and parked events; @returns ends it. */
export function measureLag(measured: LagMeasurement): () => void {
  const { groups, events, publisher, metrics, logger, now } = measured;
  const measureGroup = async (group: ProjectionGroup) => {
    const projection = group.name;
    const lag = await group.lag(countUpTo);
    metrics.projectionLagEvents.set({ projection }, lag.events);
    metrics.projectionLagSeconds.set({ projection }, lag.ms / 1_000);
    metrics.projectionParked.set({ projection }, group.parked().length);
  };
  const measureFeed = async (position: Position | undefined) => {
    const rest = await events.readAll(position, countUpTo);
    if ('outcome' in rest) return;
    const [oldest] = rest;
    metrics.feedLagEvents.set(rest.length);
    metrics.feedLagSeconds.set(oldest === undefined ? 0 : Math.max(0, now() - oldest.recordedAt) / 1_000);
  };
  const attempt = async (projection: string, measure: () => Promise<void>) => {
    try {
      await measure();
    } catch (error) {
      logger.debug({ projection, error }, 'The lag cannot be measured.');
    }
  };
  let measuring = Promise.resolve();
  const timer = setInterval(() => {
    measuring = measuring.then(async () => {
      for (const group of groups) await attempt(group.name, () => measureGroup(group));
      if (publisher !== undefined) await attempt('feed', () => measureFeed(publisher.position()));
    });
  }, intervalMs).unref();
  return () => clearInterval(timer);
}
