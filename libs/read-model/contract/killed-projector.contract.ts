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
import { group } from './people.ts';
import { decodePeople, type Planted, peopleProjections, plantedErrors } from './people-projections.ts';
import { type ReadModelOpener, startProjecting } from './projecting-process.ts';

const projector = fileURLToPath(new URL('./crash-projector.ts', import.meta.url));

/** Kills a process that projects, at any moment, and compares what it left with a fresh rebuild. */
export function killedProjectorContract(name: string, opener: ReadModelOpener, rounds: number): void {
  it(
    `a projector on ${name} that is killed at any moment leaves what a fresh rebuild makes (${rounds} rounds)`,
    async () => {
      const open = await openerOf(opener);
      const folder = await mkdtemp(join(tmpdir(), 'evident-crash-'));
      for (let round = 0; round < rounds; round += 1) {
        await killProjector(folder, opener);
        const events = await openEmbeddedEventStore({ path: join(folder, 'events.db') });
        const left = await open({ path: join(folder, 'read-models.db') });
        assert.ok((await left.readCheckpoint(group)) !== undefined, 'the read model was begun anew');
        const rebuilt = await open({ path: join(folder, `rebuilt-${round}.db`) });
        const planted = plantedErrors();
        planted.evolve.add('person.left');
        await project(events, rebuilt, planted, false);
        await project(events, left, planted, false);
        // Some streams were retried with success before the kill; retrying the rest on both sides makes them comparable.
        planted.evolve.clear();
        await project(events, rebuilt, planted, true);
        await project(events, left, planted, true);
        assert.deepEqual(await contents(left), await contents(rebuilt));
        assert.deepEqual(await left.readParked(group), []);
        for (const each of [left, rebuilt, events]) await each.close();
      }
      await rm(folder, { recursive: true });
    },
    20_000 + rounds * 20_000,
  );
}

type Open = (options: { readonly path: string }) => Promise<ReadModelStore>;

/** The function itself. */
export async function openerOf({ module, open }: ReadModelOpener): Promise<Open> {
  const { [open]: found } = (await import(module)) as Record<string, Open>;
  if (found === undefined) throw new Error(`${module} has no ${open}`);
  return found;
}

/** Runs the process and ends it some time after it began its work. */
async function killProjector(folder: string, opener: ReadModelOpener): Promise<void> {
  await using projecting = await startProjecting(projector, opener, folder);
  await pause(20 + Math.random() * 300);
  projecting.process.kill('SIGKILL');
  assert.deepEqual(await projecting.ended, [null, 'SIGKILL']);
}

async function project(events: EventStore, store: ReadModelStore, planted: Planted, retry: boolean): Promise<void> {
  const { all: projections } = peopleProjections(planted);
  const runner = runProjections({ group, projections, events, store, decode: decodePeople() });
  const head = await events.lastPosition();
  if (head !== undefined) assert.equal(await runner.reached(head, 15_000), 'reached');
  if (retry) for (const { projection, stream } of runner.parked()) await runner.retryParked(projection, stream);
  await runner.stop();
}

/** Without the positions: a retry reaches a row after its turn, at whatever place the row had then. */
async function contents(store: ReadModelStore): Promise<unknown> {
  const found: unknown[] = [];
  for (const { view } of peopleProjections().all) {
    for (const { key, row } of await store.scan(view, { limit: 100_000 })) found.push([view.name, key, row]);
  }
  return found;
}
