import { type getStatus, succeed } from '@evident/contracts';
import type { MessageHandler } from '@evident/transport';
import type { ProjectionGroup } from '../groups/projection-group.ts';
import { awaitPosition } from '../reading/await-position.ts';
import type { Reading } from '../reading/reading.ts';

/** Events counted of a lag; beyond, the number is "at least". */
const countUpTo = 10_000;

/** One entry for each projection; those of a group move on together. A position demanded is awaited by every group. */
export function createGetStatus(
  { events, now }: Pick<Reading, 'events' | 'now'>,
  groups: readonly ProjectionGroup[],
): MessageHandler<typeof getStatus> {
  return async (_query, context) => {
    const waited = await Promise.all(groups.map((progress) => awaitPosition({ progress, events, now }, context)));
    const late = waited.find((error) => error !== undefined);
    if (late !== undefined) return { ok: false, error: late };
    const projections = await Promise.all(groups.map(statusOf));
    return succeed({ caughtUp: groups.every((group) => group.caughtUp), projections: projections.flat() });
  };
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
