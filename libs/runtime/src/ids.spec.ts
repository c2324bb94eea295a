import { expect, it } from 'vitest';
import { correlationIdFrom, isCorrelationId } from './correlation-id.ts';
import { randomUuid, timeOrderedUuid } from './ids.ts';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[47][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

it('makes UUIDs', () => {
  expect(randomUuid()).toMatch(uuid);
  expect(timeOrderedUuid()).toMatch(uuid);
});

it('makes UUIDs that begin with the time, and differ within a millisecond', () => {
  const at = Date.UTC(2026, 10, 22);
  expect(Number.parseInt(timeOrderedUuid(at).replace('-', '').slice(0, 12), 16)).toBe(at);
  expect(timeOrderedUuid(at) < timeOrderedUuid(at + 1)).toBe(true);
  expect(timeOrderedUuid(at)).not.toBe(timeOrderedUuid(at));
});

it('takes a printable correlation id of the caller and replaces any other', () => {
  expect(correlationIdFrom('req-42 of job')).toBe('req-42 of job');
  for (const bad of ['', ' a', 'a\n', 'é', 'a'.repeat(129), undefined, ['a', 'b']]) {
    expect(correlationIdFrom(bad)).toMatch(uuid);
  }
  expect(isCorrelationId('a'.repeat(128))).toBe(true);
});
