import { createSecretKey } from 'node:crypto';
import { expect, it } from 'vitest';
import { idempotentCommandId } from './idempotent-command-id.ts';

const key = createSecretKey(Buffer.alloc(32, 1));

it('gives the same UUID for the same parts under the same key, in every version of the program', () => {
  const parts = ['main', 'user:1', 'POST /users/', 'retry-ä'];
  expect(idempotentCommandId(key, parts)).toBe('9817ed20-32f9-8446-abcf-594333612572');
  expect(idempotentCommandId(createSecretKey(Buffer.alloc(32, 2)), parts)).not.toBe(idempotentCommandId(key, parts));
});

it('keeps apart what only joins to the same text', () => {
  const ids = [['ab', 'c'], ['a', 'bc'], ['abc'], ['abc', ''], ['', 'abc'], ['1:a', 'bc']];
  expect(new Set(ids.map((parts) => idempotentCommandId(key, parts))).size).toBe(ids.length);
});
