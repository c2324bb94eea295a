/**
 * From the acknowledgement of an append to the row that queries see, in one process on the embedded stores, at a
 * steady rate of commands. `node --conditions=@evident/source bench/visible.ts [commands a second] [seconds]`
 */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { openEmbeddedEventStore } from '@evident/event-store/embedded';
import { type Projection, runProjections } from '@evident/read-model';
import { openEmbeddedReadModel } from '@evident/read-model/embedded';

const rate = Number(process.argv[2] ?? 500);
const seconds = Number(process.argv[3] ?? 5);
const tickMs = 10;
const folder = mkdtempSync(join(process.env.BENCH_DIR ?? tmpdir(), 'evident-visible-'));

type User = { readonly name: string; readonly changes: number };
const users: Projection<User> = {
  name: 'users',
  view: { name: 'users', version: 1, indexes: [['name']] },
  types: new Set(['user.registered', 'user.changed']),
  keys: ({ stored }) => [stored.stream],
  evolve: (row, { stored }) => ({ name: row?.name ?? stored.id, changes: (row?.changes ?? 0) + 1 }),
};

const events = await openEmbeddedEventStore({ path: join(folder, 'events.db') });
const store = await openEmbeddedReadModel({ path: join(folder, 'read-models.db') });
const decode = () => (stored: Parameters<typeof users.keys>[0]['stored']) => ({
  stored,
  type: stored.type,
  stream: { category: 'user', tenant: 'main', id: stored.stream },
  data: stored.data,
});
const runner = runProjections({ group: 'directory', projections: [users], events, store, decode });
await runner.started;

const streams = Array.from({ length: 2000 }, () => `user-main.${randomUUID()}`);
const waited: number[] = [];
const running: Promise<void>[] = [];
for (let tick = 0; tick < (seconds * 1000) / tickMs; tick += 1) {
  for (let each = 0; each < (rate * tickMs) / 1000; each += 1) running.push(command());
  await pause(tickMs);
}
await Promise.all(running);
waited.sort((a, b) => a - b);
const at = (share: number) => (waited[Math.floor(share * (waited.length - 1))] ?? 0).toFixed(2);
console.log(
  `${waited.length} commands at ${rate}/s: acknowledged to visible p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, longest ${at(1)} ms`,
);
await runner.stop();
await store.close();
await events.close();
rmSync(folder, { recursive: true });

async function command(): Promise<void> {
  const stream = streams[Math.floor(Math.random() * streams.length)] ?? '';
  const id = randomUUID();
  const metadata = { tenant: 'main', actor: 'system', commandId: id, correlationId: id, occurredAt: Date.now() };
  const event = { id, type: 'user.changed', schema: 1, data: { note: 'x'.repeat(120) }, metadata };
  const outcome = await events.append(stream, [event], 'any');
  if (outcome.outcome !== 'appended') throw new Error('a conflict');
  const began = performance.now();
  if ((await runner.reached(outcome.position, 10_000)) !== 'reached') throw new Error('not visible in ten seconds');
  waited.push(performance.now() - began);
}
