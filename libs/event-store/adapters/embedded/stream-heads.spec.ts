import { afterEach, beforeEach, expect, it } from 'vitest';
import { anEvent, aStream, assertAppended } from '../../contract/sample-events.ts';
import type { EventStore } from '../../src/event-store.port.ts';
import { EmbeddedLog } from './embedded-log.fixture.ts';

let log: EmbeddedLog;
beforeEach(() => {
  log = new EmbeddedLog();
});
afterEach(() => log.destroy());

const endOf = async (store: EventStore, stream: string) => (await store.readStreamEnd(stream, 1))[0]?.revision;

it('a remembered end moves on with what another connection commits, and so does that of a stream that was not there', async () => {
  const [reader, writer] = [await log.connect(), await log.connect()];
  const [known, unknown] = [aStream(), aStream()];
  assertAppended(await writer.append(known, [anEvent()], 'no-stream'));
  expect([await endOf(reader, known), await endOf(reader, unknown)]).toEqual([0, undefined]);
  for (const revision of [1, 2, 3]) {
    assertAppended(await writer.append(known, [anEvent()], { revision: revision - 1 }));
    expect(await endOf(reader, known)).toBe(revision);
    expect(await reader.readStream(known, { from: revision })).toHaveLength(1);
  }
  assertAppended(await writer.append(unknown, [anEvent(), anEvent()], 'no-stream'));
  expect(await endOf(reader, unknown)).toBe(1);
});

it('ends are right after more was written elsewhere than is followed', async () => {
  const [reader, writer] = [await log.connect(), await log.connect()];
  const streams = Array.from({ length: 40 }, () => aStream());
  for (const stream of streams) assertAppended(await writer.append(stream, [anEvent()], 'any'));
  for (const stream of streams) expect(await endOf(reader, stream)).toBe(0);
  const many = () => Array.from({ length: 60 }, () => anEvent());
  await Promise.all(streams.map((stream) => writer.append(stream, many(), 'any')));
  for (const stream of streams) expect(await endOf(reader, stream)).toBe(60);
});

it('a process sees its own append at once', async () => {
  const store = await log.connect();
  const stream = aStream();
  for (let revision = 0; revision < 20; revision++) {
    expect(await endOf(store, stream)).toBe(revision === 0 ? undefined : revision - 1);
    assertAppended(await store.append(stream, [anEvent()], 'any'));
  }
});
