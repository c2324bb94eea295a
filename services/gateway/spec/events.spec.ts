import { auditEvents, auditHistory, fail, readEvents, succeed } from '@evident/contracts';
import { afterEach, describe, expect, it } from 'vitest';
import { event, openStream, position, startLogOf } from './event-log.fixture.ts';
import { type RunningGateway, startGateway } from './start-gateway.fixture.ts';

let gateway: RunningGateway;
afterEach(() => gateway?.close());

const logOf = async (...log: Parameters<typeof startLogOf>) => {
  gateway = await startLogOf(...log);
  return gateway;
};

describe('GET /events', () => {
  it('is one page of as many events as were asked for, however the service cuts them', async () => {
    const { call } = await logOf(10);
    expect((await call('GET', '/events?limit=7')).json).toMatchObject({
      events: [1, 2, 3, 4, 5, 6, 7].map((place) => ({ position: position(place) })),
      next: position(7),
      caughtUp: false,
    });
    expect((await call('GET', `/events?after=${position(7)}`)).json).toMatchObject({
      next: position(10),
      caughtUp: true,
    });
  });

  it('takes more than a thousand as a thousand, and refuses what is no number', async () => {
    const { call, services } = await logOf(1);
    await call('GET', '/events?limit=5000');
    expect(services.askedOf(readEvents).at(-1)?.payload).toMatchObject({ limit: 1000 });
    expect((await call('GET', '/events?limit=0')).status).toBe(400);
    expect((await call('GET', '/events?limit=all')).status).toBe(400);
  });

  it('says in its own words what was wrong with the question', async () => {
    const { call, services } = await logOf(1);
    services.answer(readEvents, () => fail('audit.bad-query', { details: { reason: 'No event type matches "x".' } }));
    expect((await call('GET', '/events?types=x')).json).toMatchObject({
      status: 400,
      detail: 'No event type matches "x".',
    });
  });

  it.each([
    ['application/json', 'application/json'],
    ['*/*', 'application/json'],
    ['application/json, text/event-stream;q=0', 'application/json'],
    ['Text/Event-Stream', 'text/event-stream'],
    ['application/json;q=0.5, text/event-stream; q=0.9', 'text/event-stream'],
  ])('to a reader who takes %s is %s', async (accept, expected) => {
    await logOf(1);
    const stream = await openStream(gateway, '/events', { accept });
    expect(stream.response.headers.get('content-type')).toBe(`${expected}; charset=utf-8`);
    stream.close();
  });
});

describe('GET /audit/replay', () => {
  it('is one event a line, and a last line that says how many and up to where', async () => {
    const { call, services } = await logOf(8);
    const { text, headers } = await call('GET', '/audit/replay');
    expect(headers.get('content-type')).toContain('application/x-ndjson');
    const lines = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.slice(0, -1)).toEqual(Array.from({ length: 8 }, (_, index) => event(index + 1)));
    expect(lines.at(-1)).toEqual({ end: true, events: 8, position: position(8) });
    // Bounded by where the log ended when it began.
    expect(services.askedOf(auditEvents).at(-1)?.payload).toMatchObject({ to: position(8) });
  });

  it('says where it broke off, so that it can go on from there', async () => {
    const { call, services } = await logOf(8);
    let asked = 0;
    services.answer(auditEvents, () => {
      asked += 1;
      return asked === 1 ? succeed({ events: [event(1)], next: position(1) }) : fail('store.unavailable');
    });
    const lines = (await call('GET', '/audit/replay')).text.trimEnd().split('\n');
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ end: false, events: 1, position: position(1) });
  });
});

describe('GET /audit/history/{subject}', () => {
  it('is whole JSON, also where the service gives it in pieces', async () => {
    gateway = await startGateway();
    gateway.services.answer(auditHistory, ({ subject, after }) => {
      const place = Number(after ?? 0) + 1;
      const change = { event: event(place), before: {}, after: { place } };
      return succeed({ subject, changes: [change], next: place < 4 ? String(place) : null });
    });
    const { json } = await gateway.call('GET', '/audit/history/user:7');
    expect(json).toMatchObject({ subject: 'user:7', changes: [1, 2, 3, 4].map((place) => ({ after: { place } })) });
  });
});
