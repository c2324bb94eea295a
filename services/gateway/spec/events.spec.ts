import { once } from 'node:events';
import { connect } from 'node:net';
import {
  auditEvents,
  auditHistory,
  type CloudEvent,
  fail,
  type RequestOf,
  readEvents,
  succeed,
} from '@evident/contracts';
import { until } from '@evident/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { type RunningGateway, startGateway } from './start-gateway.fixture.ts';

let gateway: RunningGateway;
afterEach(() => gateway?.close());

const position = (place: number) => `log~${String(place).padStart(16, '0')}`;
const placeOf = (text: string | undefined) => (text === undefined ? 0 : Number(text.slice(4)));

function event(place: number, data: Record<string, unknown> = {}): CloudEvent {
  return {
    specversion: '1.0',
    id: `00000000-0000-4000-8000-${String(place).padStart(12, '0')}`,
    type: 'user.registered',
    source: '/tenants/main',
    subject: 'user:7',
    time: '2026-01-25T12:00:00.000Z',
    dataschema: 'urn:evident:user.registered:1',
    datacontenttype: 'application/json',
    data,
    position: position(place),
    revision: place,
    actor: 'system',
    commandid: 'c',
    correlationid: 'c',
  };
}

/** A log of so many events, given a few at a time; past its end, `held` says when an answer comes. */
async function logOf(
  length: number,
  options: { perPiece?: number; data?: Record<string, unknown>; held?: Promise<void> } = {},
) {
  gateway = await startGateway();
  const { perPiece = 3, data, held } = options;
  const page = (after: string | undefined, limit: number) => {
    const begin = placeOf(after) + 1;
    const end = Math.min(length, begin - 1 + Math.min(limit, perPiece));
    return Array.from({ length: Math.max(0, end - begin + 1) }, (_, index) => event(begin + index, data));
  };
  gateway.services.answer(readEvents, async ({ after, limit }: RequestOf<typeof readEvents>) => {
    if (placeOf(after) >= length) await held;
    const events = page(after, limit);
    const next = events.at(-1)?.position ?? after ?? null;
    return succeed({ events, next, caughtUp: placeOf(next ?? undefined) >= length });
  });
  gateway.services.answer(auditEvents, ({ after, limit }) => {
    const events = page(after, limit);
    const last = events.at(-1)?.position;
    return succeed({ events, next: last === undefined || placeOf(last) >= length ? null : last }, position(length));
  });
  return gateway;
}

async function openStream(path: string, headers: Record<string, string> = {}) {
  const ending = new AbortController();
  const response = await fetch(`${gateway.url}${path}`, {
    headers: { authorization: `Bearer ${gateway.token}`, accept: 'text/event-stream', ...headers },
    signal: ending.signal,
  });
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  return {
    response,
    close: () => ending.abort(),
    /** Everything so far, once it holds this. */
    async until(wanted: string) {
      while (!text.includes(wanted)) {
        const piece = await reader?.read();
        if (piece?.done !== false) throw new Error(`the stream ended before ${wanted}: ${text}`);
        text += piece.value;
      }
      return text;
    },
    async toTheEnd() {
      for (let piece = await reader?.read(); piece?.done === false; piece = await reader?.read()) text += piece.value;
      return text;
    },
  };
}

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
    const stream = await openStream('/events', { accept });
    expect(stream.response.headers.get('content-type')).toBe(`${expected}; charset=utf-8`);
    stream.close();
  });
});

describe('GET /events as server-sent events', () => {
  it('sends each event under its position, and what comes later when it comes', async () => {
    const later = Promise.withResolvers<void>();
    let length = 2;
    gateway = await startGateway();
    gateway.services.answer(readEvents, async ({ after }) => {
      const begin = placeOf(after);
      if (begin >= length) await later.promise;
      const events = Array.from({ length: length - begin }, (_, index) => event(begin + index + 1));
      return succeed({ events, next: position(length), caughtUp: true });
    });
    const stream = await openStream('/events');
    expect(stream.response.headers.get('content-type')).toContain('text/event-stream');
    const before = await stream.until(`id: ${position(2)}`);
    expect(before).toContain(`id: ${position(1)}\ndata: ${JSON.stringify(event(1))}\n\n`);
    length = 3;
    later.resolve();
    await stream.until(`id: ${position(3)}\ndata: `);
    stream.close();
  });

  it('goes on after Last-Event-ID, which wins over `after`', async () => {
    const { services } = await logOf(10, { held: new Promise(() => {}) });
    const stream = await openStream(`/events?after=${position(2)}`, { 'last-event-id': position(8) });
    const text = await stream.until(position(10));
    expect([...text.matchAll(/^id: (.*)$/gm)].map(([, id]) => id)).toEqual([position(9), position(10)]);
    expect(services.askedOf(readEvents)[0]?.payload).toMatchObject({ after: position(8) });
    stream.close();
  });

  it('goes on after `after` where Last-Event-ID is empty, as that of a reader who has had no event yet', async () => {
    const { services } = await logOf(3, { held: new Promise(() => {}) });
    const stream = await openStream(`/events?after=${position(2)}`, { 'last-event-id': '' });
    await stream.until(position(3));
    expect(services.askedOf(readEvents)[0]?.payload).toMatchObject({ after: position(2) });
    stream.close();
  });

  it('gives every signs of life and moves the position on where nothing matched', async () => {
    gateway = await startGateway();
    let asked = 0;
    gateway.services.answer(readEvents, () => {
      asked += 1;
      return asked < 3 ? succeed({ events: [], next: position(asked), caughtUp: true }) : new Promise<never>(() => {});
    });
    const stream = await openStream('/events?types=user.*');
    await stream.until(`:\nid: ${position(2)}\n\n`);
    stream.close();
  });

  it('answers a refusal as a problem before it begins, and as an event after', async () => {
    await logOf(2);
    const { services } = gateway;
    services.fail(readEvents, 'log.changed');
    expect((await openStream('/events')).response.status).toBe(410);
    let asked = 0;
    services.answer(readEvents, () => {
      asked += 1;
      return asked === 1
        ? succeed({ events: [event(1)], next: position(1), caughtUp: true })
        : fail('caller.bad-credential');
    });
    const text = await (await openStream('/events')).toTheEnd();
    expect(text).toContain('event: problem\ndata: {');
    expect(text).toContain('"code":"caller.bad-credential"');
  });

  it('are 256 at most, also where more come together', async () => {
    const together = Promise.withResolvers<void>();
    gateway = await startGateway();
    gateway.services.answer(readEvents, async ({ waitMs }) => {
      await (waitMs === 0 ? together.promise : new Promise<never>(() => {}));
      return succeed({ events: [], next: null, caughtUp: true });
    });
    const opening = Array.from({ length: 260 }, () => openStream('/events'));
    await expect.poll(() => gateway.services.askedOf(readEvents).length, { timeout: 20_000 }).toBe(260);
    together.resolve();
    const streams = await Promise.all(opening);
    const refused = streams.filter(({ response }) => response.status === 503);
    expect([streams.length - refused.length, refused.length]).toEqual([256, 4]);
    for (const stream of streams) stream.close();
  });

  it('ends when the gateway does', async () => {
    await logOf(2, { held: new Promise(() => {}) });
    const stream = await openStream('/events');
    await stream.until(position(2));
    const closed = gateway.close();
    await stream.toTheEnd();
    await closed;
  });

  it('waits for a reader that does not read, and asks the services for nothing meanwhile', async () => {
    const { services, url, token } = await logOf(1_000_000, { perPiece: 200, data: { text: 'x'.repeat(1_000) } });
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    await once(socket, 'connect');
    socket.write(
      `GET /events HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${token}\r\naccept: text/event-stream\r\n\r\n`,
    );
    await once(socket, 'readable');
    let before = -1;
    // Stands still once the buffers of the system are full.
    await until(
      async () => {
        const asked = services.askedOf(readEvents).length;
        const still = asked === before;
        before = asked;
        await new Promise((resolve) => setTimeout(resolve, 100));
        return still && services.askedOf(readEvents).length === asked ? true : undefined;
      },
      { what: 'a stream that is held back' },
    );
    expect(before).toBeLessThan(200);
    socket.destroy();
  });

  it('does not hold up the end of the gateway by a reader that does not read', async () => {
    const { url, token } = await logOf(1_000_000, { perPiece: 200, data: { text: 'x'.repeat(1_000) } });
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    await once(socket, 'connect');
    socket.on('error', () => undefined);
    socket.write(
      `GET /events HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${token}\r\naccept: text/event-stream\r\n\r\n`,
    );
    await once(socket, 'readable');
    await gateway.close();
    socket.destroy();
  });

  it('is answered to HEAD without a body, and without a length, as it has none', async () => {
    const { call } = await logOf(2, { held: new Promise(() => {}) });
    const { status, text, headers } = await call('HEAD', '/events', { headers: { accept: 'text/event-stream' } });
    expect({ status, text }).toEqual({ status: 200, text: '' });
    expect(headers.get('content-type')).toContain('text/event-stream');
    expect(headers.get('content-length')).toBeNull();
    expect((await call('HEAD', '/audit/replay')).headers.get('content-length')).toBeNull();
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
