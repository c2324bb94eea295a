import { afterEach, expect, test, vi } from 'vitest';
import { parseGlob } from './glob.ts';
import { isReached, reachOfList } from './index.ts';

vi.mock('./glob.ts', { spy: true });
afterEach(() => vi.clearAllMocks());

test('the patterns of filters are read once for a list, however many objects are looked at', () => {
  const held = ['read:sso/user?workspace_id=w*&uid=u[0-9]*', 'read:user?owner_id=o1'];
  const list = reachOfList({ held, needed: { action: 'read', resource: 'sso/user' } });
  const readFor = vi.mocked(parseGlob).mock.calls.length;
  const shown = Array.from({ length: 100 }, (_, n) => isReached(list, { workspace_id: `w${n}`, uid: `u${n}` }));
  expect(shown).toEqual(Array(100).fill(true));
  expect(isReached(list, { workspace_id: 'w1', uid: 'x' })).toBe(false);
  expect(vi.mocked(parseGlob).mock.calls.length).toBe(readFor);
});
