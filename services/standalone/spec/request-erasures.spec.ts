import { randomUUID } from 'node:crypto';
import { streams } from '@evident/domain';
import { openEmbeddedEventStore } from '@evident/event-store/embedded';
import { expect, it } from 'vitest';
import { requestErasures } from '../src/backup/request-erasures.ts';
import { freshDirectory } from './fresh-directory.fixture.ts';

const deployment = freshDirectory();

it('everyone in a list of erasures is asked for once, in a time that grows with the list alone', {
  timeout: 10_000,
}, async () => {
  const path = deployment.place('events.db');
  const open = () => openEmbeddedEventStore({ path, tenant: 'main', now: Date.now });
  await (await open()).close();
  const ask = (erasures: readonly string[]) => requestErasures(path, { tenant: 'main', erasures, now: Date.now });
  const people = Array.from({ length: 2_000 }, () => randomUUID());
  await ask(people.slice(0, 1_200));
  await ask([...people, ...people.slice(0, 10), 'unknown-2026-01']);
  const store = await open();
  const requested = await store.readStream(streams.erasures('main'));
  await store.close();
  expect(requested.map(({ type, data }) => [type, data])).toEqual(
    people.map((userId) => ['erasure.requested', { userId, identifiers: 'kept' }]),
  );
});
