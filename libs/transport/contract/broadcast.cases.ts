import { expect } from 'vitest';
import type { JsonObject } from '../src/index.ts';
import { onWire, type TransportCase } from './transport-harness.ts';
import { waitUntil } from './wait-until.ts';

const subject = 'evident.news.contract';

export const broadcastCases: readonly TransportCase[] = [
  onWire('delivers news to every listener in the order of publishing', async ({ client }) => {
    const heard: number[][] = [[], []];
    for (const numbers of heard) client.subscribe(subject, ({ number }) => numbers.push(Number(number)));
    const sent = Array.from({ length: 500 }, (_, number) => number);
    for (const number of sent) client.publish(subject, { number });
    await waitUntil('all news', () => heard.every((numbers) => numbers.length === sent.length));
    expect(heard).toEqual([sent, sent]);
  }),

  onWire('delivers nothing of another subject, and nothing after the end of a subscription', async ({ client }) => {
    const ended: JsonObject[] = [];
    const going: JsonObject[] = [];
    const end = client.subscribe(subject, (message) => ended.push(message));
    client.subscribe(subject, (message) => going.push(message));
    client.publish(subject, { number: 1 });
    client.publish('evident.news.other', { number: 2 });
    await waitUntil('the first news', () => ended.length >= 1);
    end();
    client.publish(subject, { number: 3 });
    await waitUntil('the last news', () => going.length >= 2);
    expect(ended).toEqual([{ number: 1 }]);
    expect(going).toEqual([{ number: 1 }, { number: 3 }]);
  }),

  onWire('is not held up by a listener that fails, nor by a publisher that changes its mind', async ({ client }) => {
    const heard: JsonObject[] = [];
    client.subscribe(subject, () => {
      throw new Error('a listener of ours');
    });
    client.subscribe(subject, (message) => heard.push(message));
    const message = { list: [1] };
    client.publish(subject, message);
    message.list.push(2);
    client.publish(subject, { list: [3] });
    await waitUntil('the news', () => heard.length >= 2);
    expect(heard).toEqual([{ list: [1] }, { list: [3] }]);
  }),
];
