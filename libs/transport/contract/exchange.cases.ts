import { fail, succeed } from '@evident/contracts';
import { expect } from 'vitest';
import { MessageHandlers, maxMessageBytes } from '../src/index.ts';
import { echo, keep, someContext, unanswered } from './sample-contracts.ts';
import { onWire, type TransportCase } from './transport-harness.ts';
import { waitUntil } from './wait-until.ts';

const echoing = () =>
  new MessageHandlers().add(echo, ({ text }, context) => succeed({ text, seen: { ...context } }, 'log~0000000007'));

/** What is asked arrives, and so does what is answered. */
export const exchangeCases: readonly TransportCase[] = [
  onWire('carries payload, context, value and position', async ({ client, serve }) => {
    await serve(echoing());
    const context = someContext({ credential: 'Bearer abc', clientIp: '203.0.113.9', minPosition: 'log~0000000003' });
    const reply = await client.request(echo, { text: 'a', count: 0, list: [{ name: null }, { name: '' }] }, context);
    expect(reply).toEqual({ ok: true, value: { text: 'a', seen: context }, position: 'log~0000000007' });
  }),

  onWire('carries every character', async ({ client, serve }) => {
    await serve(echoing());
    const text = '\u0000\u0001\t\n"\\/ é ß İ 漢字 🦉 👩‍👩‍👧 \u2028 \ufeff \u{10ffff}';
    expect(await client.request(echo, { text }, someContext())).toMatchObject({ value: { text } });
  }),

  onWire('gives each of many requests in flight its own answer', async ({ client, serve }) => {
    const waiting: (() => void)[] = [];
    await serve(
      new MessageHandlers().add(echo, async ({ text }) => {
        await new Promise<void>((resolve) => waiting.push(resolve));
        return succeed({ text });
      }),
    );
    const texts = Array.from({ length: 200 }, (_, index) => `text ${index}`);
    const replies = Promise.all(texts.map((text) => client.request(echo, { text }, someContext())));
    await waitUntil('all requests to arrive', () => waiting.length === texts.length);
    for (const release of waiting.reverse()) release();
    expect(await replies).toEqual(texts.map((text) => ({ ok: true, value: { text } })));
  }),

  onWire('carries an error as code, details, wait and position', async ({ client, serve }) => {
    const refusal = fail('request.too-many-attempts', {
      details: { why: ['a', 1] },
      retryAfterSeconds: 30,
      position: 'log~0000000001',
    });
    await serve(new MessageHandlers().add(echo, () => refusal));
    expect(await client.request(echo, { text: 'a' }, someContext())).toEqual(refusal);
  }),

  onWire('says that nobody answers', async ({ client }) => {
    expect(await client.request(unanswered, {}, someContext())).toMatchObject({
      ok: false,
      error: { code: 'service.unavailable' },
    });
  }),

  onWire('carries a large message and refuses one that is too large', async ({ client, serve }) => {
    await serve(echoing());
    const large = 'x'.repeat(maxMessageBytes - 4096);
    expect(await client.request(echo, { text: large }, someContext())).toMatchObject({ value: { text: large } });
    expect(await client.request(echo, { text: 'x'.repeat(maxMessageBytes) }, someContext())).toMatchObject({
      ok: false,
      error: { code: 'request.invalid' },
    });
  }),

  onWire('refuses to answer with a message that is too large', async ({ client, serve }) => {
    await serve(new MessageHandlers().add(echo, () => succeed({ text: 'x'.repeat(maxMessageBytes) })));
    expect(await client.request(echo, { text: 'a' }, someContext())).toEqual(fail('fault.internal'));
  }),

  onWire('sends nothing that is no JSON', async ({ client, serve }) => {
    let reached = 0;
    const handlers = new MessageHandlers().add(keep, () => {
      reached += 1;
      return succeed({ kept: true });
    });
    await serve(handlers);
    expect(await client.request(keep, { anything: { amount: 1n } }, someContext())).toEqual(fail('fault.internal'));
    expect(reached).toBe(0);
  }),

  onWire('lets neither side change what the other holds', async ({ client, serve }) => {
    const row = { tags: ['kept'] };
    const handlers = new MessageHandlers().add(keep, ({ anything }) => {
      attempt(() => (anything as string[]).push('changed by the handler'));
      return succeed({ kept: true, row });
    });
    await serve(handlers);
    const anything = ['sent'];
    const reply = await client.request(keep, { anything }, someContext());
    attempt(() => reply.ok && reply.value.row?.tags.push('changed by the caller'));
    expect(anything).toEqual(['sent']);
    expect(row).toEqual({ tags: ['kept'] });
  }),
];

/** A frozen object throws, a copy takes it: both are well. */
function attempt(change: () => unknown): void {
  try {
    change();
  } catch (error) {
    expect(error).toBeInstanceOf(TypeError);
  }
}
