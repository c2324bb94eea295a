import { join } from 'node:path';
import type { EventStore } from '@evident/event-store';
import { runProjections } from '@evident/read-model';
import { openEmbeddedReadModel } from '@evident/read-model/embedded';
import { scanAndUpsert, scanLog } from '../limits/log-scan.ts';
import type { Program } from '../program.ts';
import { logOfUsers } from '../stores/log-of-users.ts';
import { decode, projections } from '../stores/rebuilt-views.ts';
import { temporaryFolder } from '../stores/temporary-folder.ts';

const patienceMs = 600_000;
const usualEvents = 200_000;
const filledLog = logOfUsers(usualEvents);

/** Round by round the whole log, of as many events as `--set events=` says. */
export const rebuild: Program = {
  name: 'rebuild',
  measures: 'rebuild of four embedded views from an empty read model over a log of user events',
  unit: 'per second',
  limit: 'a scan of the same log with one bare upsert an event',
  budget: [{ of: 'figure', least: 50_000 }],
  isHere: true,
  async run(round) {
    const log = await round.use(filledLog);
    const folder = await round.use(temporaryFolder);
    const file = (name: string) => join(folder, `${name}-${round.number}.db`);
    const total = round.option('events', usualEvents);
    const scan = await timed(total, () => scanLog(log));
    const limit = await timed(total, () => scanAndUpsert(log, file('bare')));
    const rebuilt = await timed(total, () => rebuildViews(log, file('views'), round.option('batch', 1_000)));
    return {
      figure: rebuilt.perSecond,
      limit: limit.perSecond,
      also: { 'scan alone, per second': scan.perSecond, 'events a processor second': rebuilt.perProcessorSecond },
    };
  },
};

/** Also by the processor time of this process, which other work on the machine does not change. */
async function timed(total: number, work: () => Promise<void>) {
  const [began, used] = [performance.now(), process.cpuUsage()];
  await work();
  const { user, system } = process.cpuUsage(used);
  return {
    perSecond: total / ((performance.now() - began) / 1_000),
    perProcessorSecond: total / ((user + system) / 1_000_000),
  };
}

async function rebuildViews(events: EventStore, path: string, batchSize: number): Promise<void> {
  const store = await openEmbeddedReadModel({ path });
  const head = await events.lastPosition();
  const runner = runProjections({ group: 'directory', projections, events, store, decode, batchSize });
  if (head !== undefined) await runner.reached(head, patienceMs);
  await runner.stop();
  await store.close();
}
