import { emptyTally } from '@evident/domain';
import { expect, it } from 'vitest';
import { createInMemoryTallies } from './in-memory-tallies.ts';

it('keeps no more than its bound, and forgets what was unused for longest', () => {
  const tallies = createInMemoryTallies(3);
  for (const key of ['a', 'b', 'c']) tallies.write(key, emptyTally);
  tallies.write('a', emptyTally);
  tallies.write('d', emptyTally);
  expect(['a', 'b', 'c', 'd'].filter((key) => tallies.read(key) !== undefined)).toEqual(['a', 'c', 'd']);
});

it('never forgets attempts in flight or refusals that are not recorded', () => {
  const tallies = createInMemoryTallies(2);
  tallies.write('in flight', { ...emptyTally, pending: 1 });
  tallies.write('refused', { ...emptyTally, refusals: 1 });
  for (let other = 0; other < 1_000; other++) tallies.write(`other ${other}`, emptyTally);
  expect(tallies.read('in flight')?.pending).toBe(1);
  expect(tallies.read('refused')?.refusals).toBe(1);
  expect(tallies.read('other 998')).toBeUndefined();
});
