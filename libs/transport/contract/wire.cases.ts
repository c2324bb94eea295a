import { setImmediate as nextTurn } from 'node:timers/promises';
import { succeed } from '@evident/contracts';
import { expect } from 'vitest';
import { MessageHandlers } from '../src/index.ts';
import { echo, someContext } from './sample-contracts.ts';
import { onWire, type TransportCase, type TransportHarness } from './transport-harness.ts';
import { waitUntil } from './wait-until.ts';

const named = (name: string) => new MessageHandlers().add(echo, () => succeed({ text: name }));

async function askWhoAnswers({ client }: TransportHarness): Promise<string> {
  const reply = await client.request(echo, { text: '' }, someContext());
  return reply.ok ? reply.value.text : reply.error.code;
}

/** Rules that need a wire between two processes. */
export const wireCases: readonly TransportCase[] = [
  onWire('gives each request to one of several instances, and all of them some', async (wire) => {
    await wire.serve(named('first'));
    await wire.serve(named('second'));
    const answers = await Promise.all(Array.from({ length: 200 }, () => askWhoAnswers(wire)));
    expect(new Set(answers)).toEqual(new Set(['first', 'second']));
  }),

  onWire('goes on with the other instance when one drains', async (wire) => {
    const first = await wire.serve(named('first'));
    await wire.serve(named('second'));
    const [answers] = await Promise.all([
      Promise.all(Array.from({ length: 100 }, () => askWhoAnswers(wire))),
      first.drain(),
    ]);
    expect(answers.filter((answer) => answer !== 'first' && answer !== 'second')).toEqual([]);
    expect(await askWhoAnswers(wire)).toBe('second');
  }),

  onWire('says so while the wire is away, and heals by itself', async (wire) => {
    await wire.serve(named('first'));
    expect(await askWhoAnswers(wire)).toBe('first');
    await wire.breakWire?.();
    expect(wire.client.status).toBe('reconnecting');
    expect(await askWhoAnswers(wire)).toBe('service.unavailable');
    await wire.mendWire?.();
    expect(wire.client.status).toBe('connected');
    expect(await askWhoAnswers(wire)).toBe('first');
  }),

  onWire(
    'answers every request under load while the wire breaks and is mended, and begins none twice',
    async (wire) => {
      const begun = new Map<string, number>();
      await wire.serve(
        new MessageHandlers().add(echo, (_, { commandId }) => {
          begun.set(commandId, (begun.get(commandId) ?? 0) + 1);
          return succeed({ text: 'first' });
        }),
      );
      const outcomes: string[] = [];
      let mended = false;
      const caller = async () => {
        while (!mended) {
          const reply = await wire.client.request(echo, { text: '' }, someContext({ deadline: Date.now() + 1000 }));
          outcomes.push(reply.ok ? 'ok' : reply.error.code);
          await nextTurn();
        }
      };
      const callers = Promise.all(Array.from({ length: 32 }, caller));
      try {
        await waitUntil('load', () => outcomes.length > 100);
        await wire.breakWire?.();
        await wire.mendWire?.();
      } finally {
        mended = true;
      }
      await callers;
      expect(await askWhoAnswers(wire)).toBe('first');
      const expected = ['ok', 'service.unavailable', 'deadline.passed'];
      expect(outcomes.filter((outcome) => !expected.includes(outcome))).toEqual([]);
      expect([...begun.values()].filter((times) => times > 1)).toEqual([]);
    },
  ),

  onWire('delivers news again after the wire was away', async (wire) => {
    const heard: unknown[] = [];
    wire.client.subscribe('evident.news.contract', (message) => heard.push(message));
    await wire.breakWire?.();
    wire.client.publish('evident.news.contract', { number: 1 });
    await wire.mendWire?.();
    wire.client.publish('evident.news.contract', { number: 2 });
    await waitUntil('the news', () => heard.length > 0);
    expect(heard).toEqual([{ number: 2 }]);
  }),
];
