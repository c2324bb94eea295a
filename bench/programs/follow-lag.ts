import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { EventStore, StoredEvent } from '@evident/event-store';
import { openEmbeddedEventStore } from '@evident/event-store/embedded';
import { type Projection, runProjections } from '@evident/read-model';
import { openEmbeddedReadModel } from '@evident/read-model/embedded';
import type { Program, Resource } from '../program.ts';
import { percentile } from '../runner/spread.ts';
import { temporaryFolder } from '../stores/temporary-folder.ts';

const tickMs = 10;
const patienceMs = 10_000;

type User = { readonly name: string; readonly changes: number };
const users: Projection<User> = {
  name: 'users',
  view: { name: 'users', version: 1, indexes: [['name']] },
  types: new Set(['user.registered', 'user.changed']),
  keys: ({ stored }) => [stored.stream],
  evolve: (row, { stored }) => ({ name: row?.name ?? stored.id, changes: (row?.changes ?? 0) + 1 }),
};

interface Followed {
  readonly events: EventStore;
  readonly runner: ReturnType<typeof runProjections>;
}

const followed: Resource<Followed> = async ({ use }) => {
  const folder = await use(temporaryFolder);
  const events = await openEmbeddedEventStore({ path: join(folder, 'events.db') });
  const store = await openEmbeddedReadModel({ path: join(folder, 'read-models.db') });
  const decode = () => (stored: StoredEvent) => ({
    stored,
    type: stored.type,
    stream: { category: 'user', tenant: 'main', id: stored.stream },
    data: stored.data,
  });
  const runner = runProjections({ group: 'directory', projections: [users], events, store, decode });
  await runner.started;
  const close = async () => {
    await runner.stop();
    await store.close();
    await events.close();
  };
  return { value: { events, runner }, close };
};

/** The commands are spread evenly, so that what is timed is the way of one and not a queue. */
export const followLag: Program = {
  name: 'follow-lag',
  measures: 'p99 from the acknowledgement of an append to its row, at 500 commands a second (--set rate=)',
  unit: 'ms',
  budget: [{ of: 'figure', most: 20 }],
  isHere: true,
  async run({ seconds, use, option }) {
    const { events, runner } = await use(followed);
    const streams = Array.from({ length: 2_000 }, () => `user-main.${randomUUID()}`);
    const waited: number[] = [];
    const running: Promise<void>[] = [];
    const command = async () => {
      const position = await change(events, streams[Math.floor(Math.random() * streams.length)] ?? '');
      const began = performance.now();
      if ((await runner.reached(position, patienceMs)) !== 'reached') throw new Error('not visible in ten seconds');
      waited.push(performance.now() - began);
    };
    const perTick = (option('rate', 500) * tickMs) / 1_000;
    for (let tick = 0; tick < (seconds * 1_000) / tickMs; tick += 1) {
      for (let each = 0; each < perTick; each += 1) running.push(command());
      await pause(tickMs);
    }
    await Promise.all(running);
    return { figure: percentile(waited, 0.99), also: { 'p50, ms': percentile(waited, 0.5) } };
  },
};

async function change(events: EventStore, stream: string) {
  const id = randomUUID();
  const metadata = { tenant: 'main', actor: 'system', commandId: id, correlationId: id, occurredAt: Date.now() };
  const event = { id, type: 'user.changed', schema: 1, data: { note: 'x'.repeat(120) }, metadata };
  const outcome = await events.append(stream, [event], 'any');
  if (outcome.outcome !== 'appended') throw new Error('a conflict');
  return outcome.position;
}
