import { once } from 'node:events';
import { connect } from 'node:net';
import { fail, readEvents, succeed } from '@evident/contracts';
import { until } from '@evident/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { event, openStream, placeOf, position, startLogOf } from './event-log.fixture.ts';
import { type RunningGateway, startGateway } from './start-gateway.fixture.ts';

let gateway: RunningGateway;
afterEach(() => gateway?.close());

const logOf = async (...log: Parameters<typeof startLogOf>) => {
  gateway = await startLogOf(...log);
  return gateway;
};

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
    const stream = await openStream(gateway, '/events');
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
    const stream = await openStream(gateway, `/events?after=${position(2)}`, { 'last-event-id': position(8) });
    const text = await stream.until(position(10));
    expect([...text.matchAll(/^id: (.*)$/gm)].map(([, id]) => id)).toEqual([position(9), position(10)]);
    expect(services.askedOf(readEvents)[0]?.payload).toMatchObject({ after: position(8) });
    stream.close();
  });

  it('goes on after `after` where Last-Event-ID is empty, as that of a reader who has had no event yet', async () => {
    const { services } = await logOf(3, { held: new Promise(() => {}) });
    const stream = await openStream(gateway, `/events?after=${position(2)}`, { 'last-event-id': '' });
    await stream.until(position(3));
    expect(services.askedOf(readEvents)[0]?.payload).toMatchObject({ after: position(2) });
    stream.close();
  });

  it('gives signs of life and moves the position on where nothing matched', async () => {
    gateway = await startGateway();
    let asked = 0;
    gateway.services.answer(readEvents, () => {
      asked += 1;
      return asked < 3 ? succeed({ events: [], next: position(asked), caughtUp: true }) : new Promise<never>(() => {});
    });
    const stream = await openStream(gateway, '/events?types=user.*');
    await stream.until(`:\nid: ${position(2)}\n\n`);
    stream.close();
  });

  it('answers a refusal as a problem before it begins, and as an event after', async () => {
    await logOf(2);
    const { services } = gateway;
    services.fail(readEvents, 'log.changed');
    expect((await openStream(gateway, '/events')).response.status).toBe(410);
    let asked = 0;
    services.answer(readEvents, () => {
      asked += 1;
      return asked === 1
        ? succeed({ events: [event(1)], next: position(1), caughtUp: true })
        : fail('caller.bad-credential');
    });
    const text = await (await openStream(gateway, '/events')).toTheEnd();
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
    const opening = Array.from({ length: 260 }, () => openStream(gateway, '/events'));
    await expect.poll(() => gateway.services.askedOf(readEvents).length, { timeout: 20_000 }).toBe(260);
    together.resolve();
    const streams = await Promise.all(opening);
    const refused = streams.filter(({ response }) => response.status === 503);
    expect([streams.length - refused.length, refused.length]).toEqual([256, 4]);
    for (const stream of streams) stream.close();
  });

  it('ends when the gateway does', async () => {
    await logOf(2, { held: new Promise(() => {}) });
    const stream = await openStream(gateway, '/events');
    await stream.until(position(2));
    const closed = gateway.close();
    await stream.toTheEnd();
    await closed;
  });

  it('waits for a reader that does not read, asks the services for nothing meanwhile, and keeps no other waiting', async () => {
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
    const other = await openStream(gateway, '/events');
    await other.until(`id: ${position(1_000)}\n`);
    other.close();
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
