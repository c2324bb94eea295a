import { setImmediate as nextTurn } from 'node:timers/promises';
import { fail, succeed } from '@evident/contracts';
import { expect } from 'vitest';
import { MessageHandlers, type RequestClient } from '../src/index.ts';
import { echo, someContext } from './sample-contracts.ts';
import { onWire, type TransportCase } from './transport-harness.ts';
import { waitUntil } from './wait-until.ts';

interface Held {
  readonly text: string;
  release(): void;
}

/** A handler that answers when it is told to, in the order in which requests came. */
function held() {
  const waiting: Held[] = [];
  const finished: string[] = [];
  const handlers = new MessageHandlers().add(echo, async ({ text }) => {
    await new Promise<void>((release) => waiting.push({ text, release }));
    finished.push(text);
    return succeed({ text });
  });
  return { waiting, finished, handlers };
}

const shed = fail('load.shed', { retryAfterSeconds: 1 });

/** Nobody waits for ever, nothing is begun in vain, and nobody takes more than can be done. */
export const deadlineCases: readonly TransportCase[] = [
  onWire('does not begin what nobody waits for any more', async ({ client, serve }) => {
    const { waiting, handlers } = held();
    await serve(handlers);
    const late = someContext({ deadline: Date.now() - 1 });
    expect(await client.request(echo, { text: 'late' }, late)).toEqual(fail('deadline.passed'));
    const inTime = client.request(echo, { text: 'in time' }, someContext());
    await waitUntil('the request in time to arrive', () => waiting.length > 0);
    waiting[0]?.release();
    await inTime;
    expect(waiting.map(({ text }) => text)).toEqual(['in time']);
  }),

  onWire('answers at the deadline and drops the reply that comes later', async ({ client, serve }) => {
    const { waiting, finished, handlers } = held();
    await serve(handlers);
    const slow = client.request(echo, { text: 'slow' }, someContext({ deadline: Date.now() + 60 }));
    expect(await slow).toEqual(fail('deadline.passed'));
    await waitUntil('the slow request to arrive', () => waiting.length === 1);
    const next = client.request(echo, { text: 'next' }, someContext());
    await waitUntil('the next request to arrive', () => waiting.length === 2);
    waiting[0]?.release();
    await waitUntil('the slow handler to finish', () => finished.length === 1);
    waiting[1]?.release();
    expect(await next).toEqual({ ok: true, value: { text: 'next' } });
  }),

  onWire(
    'sheds what a service cannot take, and takes it when there is room',
    async ({ client, serve }) => {
      const { waiting, handlers } = held();
      await serve(handlers);
      const first = ['a', 'b'].map((text) => client.request(echo, { text }, someContext()));
      await waitUntil('both to arrive', () => waiting.length === 2);
      expect(await client.request(echo, { text: 'c' }, someContext())).toEqual(shed);
      for (const { release } of waiting) release();
      await Promise.all(first);
      const again = client.request(echo, { text: 'd' }, someContext());
      await waitUntil('the next to arrive', () => waiting.length === 3);
      waiting[2]?.release();
      expect(await again).toMatchObject({ ok: true });
    },
    { maxInFlight: 2 },
  ),

  onWire(
    'does not let requests pile up for a service that does not answer',
    async ({ client, serve }) => {
      const { waiting, handlers } = held();
      await serve(handlers);
      const first = ['a', 'b'].map((text) => client.request(echo, { text }, someContext()));
      expect(await client.request(echo, { text: 'c' }, someContext())).toEqual(shed);
      await waitUntil('both to arrive', () => waiting.length === 2);
      for (const { release } of waiting) release();
      await Promise.all(first);
    },
    { maxWaiting: 2 },
  ),

  onWire('finishes what is in flight before it closes, and takes nothing more', async ({ client, serve }) => {
    const { waiting, finished, handlers } = held();
    const service = await serve(handlers);
    const inFlight = client.request(echo, { text: 'in flight' }, someContext());
    await waitUntil('the request to arrive', () => waiting.length === 1);
    const drained = service.drain().then(() => finished.includes('in flight'));
    expect(await firstRefusal(client, waiting)).toBe('service.unavailable');
    waiting[0]?.release();
    expect(await inFlight).toEqual({ ok: true, value: { text: 'in flight' } });
    expect(await drained).toBe(true);
    expect(service.inFlight).toBe(0);
  }),
];

/** Until the wire has learned that a service closes, some requests still arrive, and are answered. */
async function firstRefusal(client: RequestClient, waiting: Held[]): Promise<string | undefined> {
  const giveUpAt = Date.now() + 5000;
  while (Date.now() < giveUpAt) {
    let answered = false;
    const late = client.request(echo, { text: 'late' }, someContext()).finally(() => {
      answered = true;
    });
    await waitUntil('the late request to arrive or to be refused', () => answered || waiting.length > 1);
    for (const { release } of waiting.splice(1)) release();
    const reply = await late;
    if (!reply.ok) return reply.error.code;
    await nextTurn();
  }
  return undefined;
}
