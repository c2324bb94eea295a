import type { getStatus } from '@evident/contracts';
import type { MessageHandler } from '@evident/transport';
import type { ProjectionGroup } from '../projection-group.ts';
import { type Reading, read } from './reading.ts';

/** Events counted of a lag; beyond, the number is "at least". */
const countUpTo = 10_000;

/** One entry for each projection; those of a group move on together. */
export function createGetStatus(
  reading: Reading,
  groups: readonly ProjectionGroup[],
): MessageHandler<typeof getStatus> {
  return (_query, context) =>
    read(reading, context, async () => {
      const projections = await Promise.all(groups.map(statusOf));
      return { found: { caughtUp: groups.every((group) => group.caughtUp), projections: projections.flat() } };
    });
}

async function statusOf(group: ProjectionGroup) {
  const lag = await group.lag(countUpTo);
  const parked = group.parked();
  return group.projections.map(({ name, view }) => ({
    name,
    version: view.version,
    position: group.position() ?? null,
    lagEvents: lag.events,
    lagMs: lag.ms,
    state: group.state(),
    parked: parked.filter(({ projection }) => projection === name).length,
  }));
}
