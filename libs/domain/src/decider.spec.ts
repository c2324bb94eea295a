import { expect, test } from 'vitest';
import { accept, reject } from './decider.ts';

test('a refusal has a code, and details only where it is given some', () => {
  expect(reject('too-early', { at: 5 })).toStrictEqual({ accepted: false, code: 'too-early', details: { at: 5 } });
  expect(reject('unknown')).toStrictEqual({ accepted: false, code: 'unknown' });
  expect(accept()).toStrictEqual({ accepted: true, events: [] });
});
