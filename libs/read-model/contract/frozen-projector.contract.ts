import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { EventStore } from '@evident/event-store';
import { openEmbeddedEventStore } from '@evident/event-store/embedded';
import { it } from 'vitest';
import type { ReadModelStore } from '../src/read-model.port.ts';
import { runProjections } from '../src/run-projections.ts';
import { openerOf } from './killed-projector.contract.ts';
import { group } from './people.ts';
import { decodePeople, event, peopleProjections } from './people-projections.ts';
import { type ReadModelOpener, startProjecting } from './projecting-process.ts';

const projector = fileURLToPath(new URL('./lone-projector.ts', import.meta.url));
const people = 40;
const before = 1_500;
const after = 200;
const longestFreeMs = 150;
const wakesWithinMs = 20_000;

export interface FrozenProjectorOptions {
  readonly rounds: number;
  /** Makes the process stand still, at a moment in which another can take over from it; gives what wakes it. */
  readonly freeze: (pid: number | undefined, folder: string) => Promise<{ wake(): void }>;
}

/** Freezes a process that projects, lets another take over, wakes it, and compares rows and checkpoint. */
export function frozenProjectorContract(name: string, opener: ReadModelOpener, options: FrozenProjectorOptions): void {
  const { rounds, freeze } = options;
  it(
    `a projector on ${name} that was frozen and wakes after a takeover is told so by the store and changes nothing (${rounds} rounds)`,
    async () => {
      const open = await openerOf(opener);
      for (let round = 0; round < rounds; round += 1) {
        const folder = await mkdtemp(join(tmpdir(), 'evident-frozen-'));
        const events = await openEmbeddedEventStore({ path: join(folder, 'events.db') });
        await append(events, before);
        await using old = await startProjecting(projector, opener, folder);
        let store: ReadModelStore | undefined;
        let frozen: { wake(): void };
        for (let due = before; ; due += before) {
          await pause(Math.random() * longestFreeMs);
          frozen = await freeze(old.process.pid, folder);
          store ??= await open({ path: join(folder, 'read-models.db') });
          const reached = (await store.readCheckpoint(group))?.events ?? 0;
          if (reached < due) break;
          // It was done before it was frozen: it gets more to do.
          frozen.wake();
          await append(events, before);
        }
        const next = project(events, store);
        await next.upToHead();
        await append(events, after);
        await next.upToHead();
        await next.runner.stop();
        const left = await contents(store);

        frozen.wake();
        const unaware = pause(wakesWithinMs, 'it goes on as if the group were its own', { ref: false });
        const ended = old.ended.then(([code]) => [old.said.at(-1), code]);
        assert.deepEqual(await Promise.race([ended, unaware]), ['taken-over', 0]);
        assert.deepEqual(await contents(store), left, 'what it wrote late counted');
        const rebuilt = await open({ path: join(folder, 'rebuilt.db') });
        const fresh = project(events, rebuilt);
        await fresh.upToHead();
        await fresh.runner.stop();
        assert.deepEqual((await contents(rebuilt)).rows, left.rows);
        for (const each of [store, rebuilt, events]) await each.close();
        await rm(folder, { recursive: true });
      }
    },
    30_000 + rounds * 30_000,
  );
}

async function append(events: EventStore, count: number): Promise<void> {
  const types = ['person.registered', 'person.aged', 'person.befriended', 'person.aged', 'person.left'];
  const appends = Array.from({ length: count }, (_, each) => {
    const name = `p${each % people}`;
    const type = types[Math.floor(each / people) % types.length] ?? 'person.aged';
    return events.append(`person-main.${name}`, [event(type, { name, friend: `p${each % 7}` })], 'any');
  });
  await Promise.all(appends);
}

function project(events: EventStore, store: ReadModelStore) {
  const { all: projections } = peopleProjections();
  const runner = runProjections({ group, projections, events, store, decode: decodePeople() });
  return {
    runner,
    async upToHead() {
      const head = await events.lastPosition();
      if (head !== undefined) assert.equal(await runner.reached(head, 20_000), 'reached');
    },
  };
}

/** Every row, tombstones included, with its position, and the checkpoint. */
async function contents(store: ReadModelStore) {
  const rows: unknown[] = [];
  for (const { view } of peopleProjections().all) {
    for (const { key, row, position } of await store.scan(view, { limit: 100_000 })) {
      rows.push([view.name, key, row, position]);
    }
  }
  return { rows, checkpoint: await store.readCheckpoint(group), parked: await store.readParked(group) };
}
