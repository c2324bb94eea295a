import { createSecretKey } from 'node:crypto';
import { expect, it } from 'vitest';
import { correlationIdFrom, isCorrelationId } from './correlation-id.ts';
import { idempotentCommandId, randomUuid } from './ids.ts';

const key = createSecretKey(Buffer.alloc(32, 1));
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[48][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

it('makes UUIDs', () => {
  expect(randomUuid()).toMatch(uuid);
  expect(idempotentCommandId(key, ['main', 'user:1'])).toMatch(uuid);
});

it('gives the same command id for the same parts under the same key, as a KeyObject or as bytes', () => {
  const parts = ['main', 'user:1', 'POST /users/', 'retry-1'];
  expect(idempotentCommandId(key, parts)).toBe(idempotentCommandId(Buffer.alloc(32, 1), parts));
  expect(idempotentCommandId(key, parts)).not.toBe(idempotentCommandId(Buffer.alloc(32, 2), parts));
});

it('keeps apart what only joins to the same text', () => {
  const ids = [['ab', 'c'], ['a', 'bc'], ['abc'], ['abc', ''], ['', 'abc'], ['1:a', 'bc']];
  expect(new Set(ids.map((parts) => idempotentCommandId(key, parts))).size).toBe(ids.length);
});

it('takes a printable correlation id of the caller and replaces any other', () => {
  expect(correlationIdFrom('req-42 of job')).toBe('req-42 of job');
  for (const bad of ['', ' a', 'a\n', 'é', 'a'.repeat(129), undefined, ['a', 'b']]) {
    expect(correlationIdFrom(bad)).toMatch(uuid);
  }
  expect(isCorrelationId('a'.repeat(128))).toBe(true);
});
