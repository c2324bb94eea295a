import { afterEach, expect, test, vi } from 'vitest';
import { parseGlob } from './glob.ts';
import { evaluate, isReached, reachOfList } from './index.ts';

vi.mock('./glob.ts', { spy: true });
afterEach(() => vi.clearAllMocks());

test('the patterns of filters are read once for a list, however many objects are looked at', () => {
  const held = ['read:sso/user?workspace_id=w*&uid=u[0-9]*', 'read:user?owner_id=o1'];
  const list = reachOfList({ held, needed: { action: 'read', resource: 'sso/user' } });
  expect(isReached(list, { workspace_id: 'w', uid: 'u0' })).toBe(true);
  const readFor = vi.mocked(parseGlob).mock.calls.length;
  const shown = Array.from({ length: 100 }, (_, n) => isReached(list, { workspace_id: `w${n}`, uid: `u${n}` }));
  expect(shown).toEqual(Array(100).fill(true));
  expect(isReached(list, { workspace_id: 'w1', uid: 'x' })).toBe(false);
  expect(vi.mocked(parseGlob).mock.calls.length).toBe(readFor);
});

test('of scopes of something else, however many and long, no pattern is read', () => {
  const held = Array.from(
    { length: 1_500 },
    (_, n) => `read:svc${n}/thing?${'uid=u*&owner_id=o*&x=y*&'.repeat(19)}uid=${n}`,
  );
  expect(evaluate({ held, needed: { action: 'read', resource: 'sso/user', attributes: { uid: 'u1' } } })).toEqual({
    allowed: false,
    missing: 'read:sso/user',
  });
  expect(vi.mocked(parseGlob).mock.calls.length).toBe(0);
});

test('scopes are read once for what is often asked, whichever object it is asked of', () => {
  const held = Array.from({ length: 300 }, (_, n) => `read:sso/user?uid=u${n}*`);
  const may = (uid: string) =>
    evaluate({ held, needed: { action: 'read', resource: 'sso/user', attributes: { uid } } });
  expect(may('x').allowed).toBe(false);
  const readFor = vi.mocked(parseGlob).mock.calls.length;
  for (let n = 0; n < 100; n += 1) expect(may(`u${n}y`).allowed).toBe(true);
  expect(vi.mocked(parseGlob).mock.calls.length).toBe(readFor);
});
