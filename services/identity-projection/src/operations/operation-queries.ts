import { type CallerCheck, permit } from '@evident/caller';
import {
  fail,
  type getRebuild,
  type listParked,
  type listProjections,
  type Reply,
  type RequestContext,
  succeed,
  type verifyProjection,
} from '@evident/contracts';
import type { EventStore } from '@evident/event-store';
import type { Log } from '@evident/log';
import type { Difference } from '@evident/read-model';
import type { Clock } from '@evident/runtime';
import type { MessageHandler } from '@evident/transport';
import type { ProjectionGroup } from '../groups/projection-group.ts';
import { shownKey } from '../projections/identifiers.projection.ts';
import { awaitPosition } from '../reading/await-position.ts';
import { fitMessage } from '../reading/fit-message.ts';
import { readOperations } from './decided-operations.ts';
import type { Operations } from './operations.ts';
import { shownParked } from './shown-parked.ts';

/** What operators ask about projections. */
export interface OperationQueries {
  readonly listProjections: MessageHandler<typeof listProjections>;
  readonly getRebuild: MessageHandler<typeof getRebuild>;
  readonly listParked: MessageHandler<typeof listParked>;
  readonly verifyProjection: MessageHandler<typeof verifyProjection>;
}

export interface OperationQueriesOptions {
  readonly log: Pick<Log, 'store' | 'codec' | 'tenant'>;
  readonly events: Pick<EventStore, 'parsePosition' | 'lastPosition'>;
  readonly callers: CallerCheck;
  readonly groups: readonly ProjectionGroup[];
  readonly operations: Operations;
  readonly now: Clock;
}

/** Events counted of a lag; beyond, the number is a lower bound. */
const countUpTo = 10_000;
/** Parked events looked at for one message, which holds fewer of them. */
const mostParked = 2_000;

export function createOperationQueries(options: OperationQueriesOptions): OperationQueries {
  const { log, groups, operations, callers } = options;
  const groupOf = (projection: string) => groups.find((group) => group.projections.some((p) => p.name === projection));

  const permitted = async <Value>(scope: string, context: RequestContext, answer: () => Promise<Reply<Value>>) => {
    const checked = await callers.check(context.credential);
    if (!checked.ok) return checked;
    const missing = permit(checked.caller, scope);
    return missing === undefined ? answer() : { ok: false as const, error: missing };
  };

  return {
    listProjections: (_query, context) =>
      permitted('read:evident/ops', context, async () => {
        const listed = await Promise.all(groups.map((group) => statusOf(group, operations)));
        return succeed({ projections: listed.flat() });
      }),

    getRebuild: ({ projection, job }, context) =>
      permitted('read:evident/ops', context, async () => {
        const group = groupOf(projection);
        if (group === undefined) return fail('projection.unknown');
        const late = await awaitPosition({ progress: operations, events: options.events, now: options.now }, context);
        if (late !== undefined) return { ok: false, error: late };
        const known = await operations.jobs.read(group.name, job);
        if (known !== undefined) return succeed(known);
        const asked = (await readOperations(log, projection)).some(
          ({ id, event }) => id === job && event.type === 'projection.rebuild-requested',
        );
        if (!asked) return fail('projection.unknown-job');
        return succeed({ job, state: 'queued', done: 0, total: 0, eventsPerSecond: 0, etaSeconds: null });
      }),

    listParked: ({ projection, from = 0 }, context) =>
      permitted('manage:evident/ops', context, async () => {
        const group = groupOf(projection);
        if (group === undefined) return fail('projection.unknown');
        const late = await awaitPosition({ progress: operations, events: options.events, now: options.now }, context);
        if (late !== undefined) return { ok: false, error: late };
        const waiting = group.parked().filter((each) => each.projection === projection);
        const shown = waiting
          .slice(from, from + mostParked)
          .map((each) => ({ ...shownParked(each), stream: each.stream }));
        const parked = [...fitMessage(shown)];
        const end = from + parked.length;
        return succeed({ parked, next: end < waiting.length ? end : null });
      }),

    verifyProjection: ({ projection }, context) =>
      permitted('manage:evident/ops', context, async () => {
        const group = groupOf(projection);
        if (group === undefined) return fail('projection.unknown');
        // Another process fills them, and this question may reach it when it is asked again.
        if (!group.fills) return fail('service.unavailable', { details: { elsewhere: true }, retryAfterSeconds: 1 });
        const { rows, differing, differences, stopped } = await group.verify();
        if (stopped) return fail('service.unavailable', { retryAfterSeconds: 1 });
        return succeed({ rows, differing, differences: differences.map(told) });
      }),
  };
}

async function statusOf(group: ProjectionGroup, { jobs }: Operations) {
  const [lag, rebuild] = await Promise.all([group.lag(countUpTo), jobs.current(group.name)]);
  const parked = group.parked();
  return group.projections.map(({ name, view }) => ({
    name,
    group: group.name,
    version: view.version,
    position: group.filling.includes(name) ? null : (group.position() ?? null),
    lagEvents: lag.events,
    lagAtLeast: lag.atLeast,
    lagMs: lag.ms,
    state: group.filling.includes(name) ? 'filling' : group.state(),
    parked: parked.filter(({ projection }) => projection === name).length,
    rebuild: rebuild ?? null,
  }));
}

function told({ view, key, live, rebuilt }: Difference) {
  const kind = live === null ? 'missing' : rebuilt === null ? 'unexplained' : 'different';
  return { view, key: shownKey(view, key), kind } as const;
}
