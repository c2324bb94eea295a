import { expect, it } from 'vitest';
import { Turns } from './turns.ts';

it('lets one in at a time for each key, in the order they came, though one fails', async () => {
  const turns = new Turns();
  const told: string[] = [];
  const gate = Promise.withResolvers<void>();
  const first = turns.take('a', async () => {
    told.push('first begins');
    await gate.promise;
    told.push('first ends');
    throw new Error('first failed');
  });
  const second = turns.take('a', async () => void told.push('second'));
  await turns.take('b', async () => void told.push('another key'));
  gate.resolve();
  await expect(first).rejects.toThrow('first failed');
  await second;
  expect(told).toEqual(['first begins', 'another key', 'first ends', 'second']);
});
