import { expect, it } from 'vitest';
import { inOrderOf, timeOfId } from './ordered-id.ts';
import { eventId, uuid5 } from './uuid5.ts';

const earlier = '01997d2a-0000-7abc-8def-0123456789ab';
const later = '01997d2a-0001-7000-8000-000000000000';

it('gives ids in the order of the commands, the rest as it was derived', () => {
  const id = uuid5('a step');
  expect(inOrderOf(earlier, id)).toBe(`01997d2a-0000-8${id.slice(15)}`);
  expect(inOrderOf(earlier, uuid5('z')) < inOrderOf(later, uuid5('a'))).toBe(true);
});

it('tells the time that an id begins with, if any', () => {
  expect(timeOfId(earlier)).toBe(0x01997d2a0000);
  expect(timeOfId(later)).toBe(0x01997d2a0001);
  expect(timeOfId(inOrderOf(earlier, uuid5('a step')))).toBeUndefined();
  expect(timeOfId('6f1c2b1e-9a54-4f0c-8d0b-3c5e7a41d9f2')).toBeUndefined();
});

it('leaves an id alone where the command says no time', () => {
  const id = uuid5('a step');
  expect(inOrderOf('6f1c2b1e-9a54-4f0c-8d0b-3c5e7a41d9f2', id)).toBe(id);
  expect(inOrderOf(earlier.toUpperCase(), id)).toBe(id);
  expect(inOrderOf('a key of the caller', id)).toBe(id);
});

it('is the same for the same command, and another for each step of it', () => {
  const ids = [0, 1, 2].map((index) => eventId(earlier, 'user-main.1', 'register', index));
  expect(new Set(ids).size).toBe(3);
  expect(eventId(earlier, 'user-main.1', 'register', 0)).toBe(ids[0]);
  for (const id of ids) expect(id).toMatch(/^01997d2a-0000-8[0-9a-f]{3}-[89ab]/);
});
