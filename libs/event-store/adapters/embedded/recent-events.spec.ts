import { expect, it } from 'vitest';
import type { JsonObject, NewEvent } from '../../src/event-store.port.ts';
import { RecentEvents } from './recent-events.ts';

const metadata = { tenant: 'main', actor: 'system', commandId: 'c', correlationId: 'c', occurredAt: 0 };
const event = (data: unknown = {}): NewEvent => ({
  ...{ id: 'e', type: 't', schema: 1, metadata },
  data: data as JsonObject,
});
const idsOf = (recent: RecentEvents, place: number, limit = 10) =>
  recent.after(place, limit)?.map(({ position, revision }) => `${position} ${revision}`);

it('gives each event of an append its own place and revision', () => {
  const recent = new RecentEvents('log');
  recent.add({ stream: 's', events: [event(), event()], place: 5, revision: 8, recordedAt: 1 });
  expect(idsOf(recent, 3)).toEqual(['log~0000000000000004 7', 'log~0000000000000005 8']);
  expect(idsOf(recent, 4)).toEqual(['log~0000000000000005 8']);
  expect(idsOf(recent, 2)).toBeUndefined();
  expect(idsOf(recent, 5)).toBeUndefined();
});

it('begins anew behind what others wrote', () => {
  const recent = new RecentEvents('log');
  recent.add({ stream: 's', events: [event()], place: 1, revision: 0, recordedAt: 1 });
  recent.add({ stream: 's', events: [event()], place: 3, revision: 1, recordedAt: 1 });
  expect(idsOf(recent, 0)).toBeUndefined();
  expect(idsOf(recent, 1)).toBeUndefined();
  expect(idsOf(recent, 2)).toHaveLength(1);
});

it('leaves to the file what JSON would not give back as it was given', () => {
  for (const odd of [{ a: undefined }, { a: Number.NaN }, { a: -0 }, { a: new Date(0) }, { a: [{ b: undefined }] }]) {
    const recent = new RecentEvents('log');
    recent.add({ stream: 's', events: [event({ a: [1, { b: null }], c: 'x' })], place: 1, revision: 0, recordedAt: 1 });
    recent.add({ stream: 's', events: [event(odd)], place: 2, revision: 1, recordedAt: 1 });
    expect(idsOf(recent, 0)).toBeUndefined();
    expect(idsOf(recent, 1)).toBeUndefined();
    recent.add({ stream: 's', events: [event()], place: 3, revision: 2, recordedAt: 1 });
    expect(idsOf(recent, 2)).toHaveLength(1);
  }
});

it('holds a bounded number, the newest', () => {
  const recent = new RecentEvents('log');
  for (let place = 1; place <= 10_000; place++)
    recent.add({ stream: 's', events: [event()], place, revision: place - 1, recordedAt: 1 });
  expect(recent.after(9_999, 10)).toHaveLength(1);
  expect(recent.after(7_952, 10_000)).toHaveLength(2_048);
  expect(recent.after(5_903, 10)).toBeUndefined();
});
