import { expect, test } from 'vitest';
import { evolveNumberSequence, initialNumberSequence, nextNumber } from './state.ts';

test('numbers begin at 1 and follow the last one, which is all that has to be read', () => {
  expect(nextNumber(initialNumberSequence)).toBe(1);
  const holder = '00000000-0000-4000-8000-000000000001';
  const end = evolveNumberSequence(initialNumberSequence, { type: 'number.allocated', data: { value: 41, holder } });
  expect(nextNumber(end)).toBe(42);
});
