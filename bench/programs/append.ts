import { join } from 'node:path';
import { openEmbeddedEventStore } from '@evident/event-store/embedded';
import { bareAppendRate } from '../limits/bare-appends.ts';
import type { Program } from '../program.ts';
import { signInEvent, signInStreams } from '../stores/sign-in-events.ts';
import { temporaryFolder } from '../stores/temporary-folder.ts';

const inFlight = 256;

/** Round by round a number of events rather than of seconds: `--set events=`. */
export const append: Program = {
  name: 'append',
  measures: 'durable appends to the embedded log: events of 500 bytes, 256 in flight, each acknowledged after its sync',
  unit: 'per second',
  limit: 'the same rows by the bare driver, 256 in a transaction',
  budget: [{ of: 'figure', least: 20_000 }],
  isHere: true,
  async run({ number, use, option }) {
    const folder = await use(temporaryFolder);
    const file = (name: string) => join(folder, `${name}-${number}.db`);
    const events = option('events', 100_000);
    const limit = await bareAppendRate(file('same'), events, 'same');
    const oneTable = await bareAppendRate(file('one'), events, 'one');
    const figure = await appendRate(file('store'), events, inFlight);
    const alone = await appendRate(file('alone'), Math.ceil(events / 50), 1);
    return { figure, limit, also: { '1 in flight, per second': alone, 'one table, per second': oneTable } };
  },
};

async function appendRate(path: string, total: number, callers: number): Promise<number> {
  const store = await openEmbeddedEventStore({ path });
  const events = Array.from({ length: total }, signInEvent);
  const streamOf = signInStreams(total);
  await store.append('warm-main', [signInEvent()], 'any');
  let next = 0;
  const began = performance.now();
  const caller = async () => {
    while (next < total) {
      const number = next++;
      const event = events[number];
      if (event !== undefined) await store.append(streamOf(number), [event], 'any');
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  const rate = total / ((performance.now() - began) / 1_000);
  await store.close();
  return rate;
}
