import { afterEach, beforeEach, expect, it } from 'vitest';
import { Receiver } from './receiver.fixture.ts';
import { sendWebhook, type WebhookToSend } from './send-webhook.ts';

let receiver: Receiver;
beforeEach(async () => {
  receiver = await Receiver.start();
});
afterEach(() => receiver.end());

const send = (changed: Partial<WebhookToSend>) =>
  sendWebhook({
    url: receiver.url,
    secret: 's',
    webhookId: 'w',
    eventId: 'e',
    body: '{}',
    now: 0,
    timeoutMs: 500,
    signal: new AbortController().signal,
    mayConnect: () => true,
    ...changed,
  });

it('connects to no address that may not be sent to, by its name or as it stands', async () => {
  const refused = { ok: false, message: 'the address may not be sent to' };
  const mayConnect = (address: string) => !address.includes('127.0.0.1') && address !== '::1';
  expect(await send({ mayConnect })).toEqual(refused);
  expect(await send({ mayConnect, url: receiver.url.replace('127.0.0.1', 'localhost') })).toEqual(refused);
  expect(await send({ mayConnect: () => false, url: receiver.url.replace('127.0.0.1', '2130706433') })).toEqual(
    refused,
  );
  expect(receiver.received).toEqual([]);
});

it('reaches a receiver by a name, and says in its own words what went wrong', async () => {
  expect(await send({ url: receiver.url.replace('127.0.0.1', 'localhost') })).toEqual({ ok: true });
  expect(await send({ url: 'http://127.0.0.1:9/' })).toEqual({ ok: false, message: 'the connection was refused' });
  expect(await send({ url: 'http://no.such.name.invalid/' })).toMatchObject({ ok: false });
});

it('reads little of an endless answer', async () => {
  let sent = 0;
  receiver.misbehave = (_request, response) => {
    response.writeHead(200);
    const more = () => {
      while (!response.destroyed && response.write(Buffer.alloc(16_384))) sent += 16_384;
      if (!response.destroyed) response.once('drain', more);
    };
    more();
  };
  expect(await send({})).toEqual({ ok: true });
  await expect.poll(() => sent).toBeLessThan(20_000_000);
});

it('holds one connection at most, also to a receiver whose answers never end', async () => {
  let [open, most] = [0, 0];
  receiver.misbehave = (request, response) => {
    open += 1;
    most = Math.max(most, open);
    request.socket.once('close', () => {
      open -= 1;
    });
    response.writeHead(200).flushHeaders();
  };
  for (let n = 0; n < 5; n += 1) await send({ timeoutMs: 100 });
  // Of a connection that was closed its other end hears a moment later.
  expect(most).toBeLessThanOrEqual(2);
});
