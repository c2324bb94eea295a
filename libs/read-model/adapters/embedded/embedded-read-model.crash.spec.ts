import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { EventStore } from '@evident/event-store';
import { openEmbeddedEventStore } from '@evident/event-store/embedded';
import { expect, it } from 'vitest';
import { group } from '../../contract/people.ts';
import { decodePeople, type Planted, peopleProjections, plantedErrors } from '../../contract/people-projections.ts';
import { runProjections } from '../../src/projection-runner.ts';
import type { ReadModelStore } from '../../src/read-model.port.ts';
import { openEmbeddedReadModel } from './index.ts';

const rounds = Number(process.env.CRASH_ROUNDS ?? 3);
const projector = fileURLToPath(new URL('../../contract/crash-projector.ts', import.meta.url));
const adapter = new URL('./index.ts', import.meta.url).href;

it(
  `a projector that is killed at any moment leaves what a fresh rebuild makes (${rounds} rounds)`,
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'evident-crash-'));
    for (let round = 0; round < rounds; round += 1) {
      await killProjector(folder);
      const events = await openEmbeddedEventStore({ path: join(folder, 'events.db') });
      const left = await openEmbeddedReadModel({ path: join(folder, 'read-models.db'), report: refuse });
      const rebuilt = await openEmbeddedReadModel({ path: join(folder, `rebuilt-${round}.db`) });
      const planted = plantedErrors();
      planted.evolve.add('person.left');
      await project(events, rebuilt, planted, false);
      await project(events, left, planted, false);
      // Some streams were retried with success before the kill; retrying the rest on both sides makes them comparable.
      planted.evolve.clear();
      await project(events, rebuilt, planted, true);
      await project(events, left, planted, true);
      expect(await contents(left)).toEqual(await contents(rebuilt));
      expect(await left.readParked(group)).toEqual([]);
      for (const each of [left, rebuilt, events]) await each.close();
    }
    await rm(folder, { recursive: true });
  },
  20_000 + rounds * 5000,
);

/** Runs the process and ends it some time after it began its work. */
async function killProjector(folder: string): Promise<void> {
  const args = ['--conditions=@evident/source', projector, adapter, 'openEmbeddedReadModel', folder];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  await Promise.race([once(child.stdout, 'data'), ended]);
  await pause(20 + Math.random() * 300);
  child.kill('SIGKILL');
  expect(await ended).toEqual([null, 'SIGKILL']);
}

async function project(events: EventStore, store: ReadModelStore, planted: Planted, retry: boolean): Promise<void> {
  const runner = runProjections({
    group,
    projections: peopleProjections(planted).all,
    events,
    store,
    decode: decodePeople(),
  });
  const head = await events.lastPosition();
  if (head !== undefined) expect(await runner.reached(head, 15_000)).toBe('reached');
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

function refuse(notice: string): void {
  throw new Error(notice);
}
