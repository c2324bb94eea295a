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

it('wipes out no failures for attempts that were not judged, nor the other way round', () => {
  const tallies = createInMemoryTallies(40);
  const failed = { ...emptyTally, failures: [1] };
  for (const name of ['a', 'b']) tallies.write(name, failed);
  for (let shed = 0; shed < 1_000; shed++) {
    tallies.write(`shed ${shed}`, { ...emptyTally, pending: 1 });
    tallies.write(`shed ${shed}`, emptyTally);
  }
  expect([tallies.read('a'), tallies.read('b')]).toEqual([failed, failed]);
  for (let other = 0; other < 1_000; other++) tallies.write(`other ${other}`, failed);
  expect([tallies.read('shed 999'), tallies.read('shed 990')]).toEqual([emptyTally, emptyTally]);
  expect([tallies.read('a'), tallies.read('other 900')]).toEqual([undefined, undefined]);
});
