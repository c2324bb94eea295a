import { join } from 'node:path';
import { type ProjectionRunner, runProjections } from '@evident/read-model';
import { openEmbeddedReadModel } from '@evident/read-model/embedded';
import { openTemporaryLog, PeopleOnLog } from '@evident/testing';
import { createDecodeBatch } from '../../services/identity-projection/src/projections/decode-batch.ts';
import { projectionGroups } from '../../services/identity-projection/src/projections/groups.ts';
import type { Program, Resource } from '../program.ts';
import { percentile } from '../runner/spread.ts';

const renamed = 5;
const patienceMs = 600_000;

/** The directory of so many people, kept up by its runner. */
const directory: Resource<ProjectionRunner> = async ({ option }) => {
  const temporary = await openTemporaryLog();
  const { log } = temporary;
  const people = new PeopleOnLog(log);
  const changes = Array.from({ length: renamed }, (_, n) => ({ type: 'user.named', data: { name: `name ${n}` } }));
  for (let n = 0; n < option('users', 1_500); n += 1) {
    const { uid } = await people.addUser();
    await people.append(`user-main.${uid}`, changes);
  }
  const store = await openEmbeddedReadModel({ path: join(temporary.config.dataDir, 'read-models.db') });
  const { directory: projections } = projectionGroups;
  const decode = createDecodeBatch(log);
  const value = runProjections({ group: 'directory', projections, events: log.store, store, decode });
  const head = await log.store.lastPosition();
  if (head !== undefined) await value.reached(head, patienceMs);
  const close = async () => {
    await value.stop();
    await store.close();
    await temporary.remove();
  };
  return { value, close };
};

/** By processor time, which other work on the machine does not change. */
export const rebuildSteps: Program = {
  name: 'rebuild-steps',
  measures: 'longest that a rebuild of the directory keeps the event loop to itself (--set users=)',
  unit: 'ms of processor time',
  budget: [{ of: 'figure', most: 50 }],
  isHere: true,
  async run({ use }) {
    const runner = await use(directory);
    const turns = turnsOfTheLoop();
    await runner.rebuild();
    const steps = turns.end().filter((ms) => ms > 1);
    return {
      figure: Math.max(...steps),
      also: { 'p99, ms': percentile(steps, 0.99), 'over a millisecond': steps.length },
    };
  },
};

function turnsOfTheLoop() {
  const took: number[] = [];
  let last = process.threadCpuUsage();
  let next: NodeJS.Immediate;
  const turn = () => {
    const { user, system } = process.threadCpuUsage(last);
    took.push((user + system) / 1_000);
    last = process.threadCpuUsage();
    next = setImmediate(turn);
  };
  next = setImmediate(turn);
  return {
    end() {
      clearImmediate(next);
      return took;
    },
  };
}
