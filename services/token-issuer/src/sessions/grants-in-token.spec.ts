import { initialRole, initialUser, streams, type UserState } from '@evident/domain';
import { describe, expect, it } from 'vitest';
import { grantsInToken } from './grants-in-token.ts';

/** Texts that take a twentieth of the room each: 97 bytes, two quotes and a comma. */
const texts = (count: number, letter: string) =>
  Array.from({ length: count }, (_, index) => `${String(index).padStart(2, '0')}-${letter.repeat(47)}`);

function inToken(user: Partial<UserState>) {
  const roles = new Map((user.roleIds ?? []).map((slug) => [streams.role('main', slug), slug]));
  const load = async (stream: string) => ({
    state: { ...initialRole, defined: true, isActive: true, slug: roles.get(stream) ?? '', scopes: [] },
  });
  const states = { role: { load }, workspace: { load } } as unknown as Parameters<typeof grantsInToken>[0]['states'];
  return grantsInToken({ states, tenant: 'main' }, { ...initialUser, ...user });
}

describe('what a token tells of what its user holds', () => {
  it('is all of it where that fits', async () => {
    expect(await inToken({ roleIds: ['editor'], scopes: ['read:x'] })).toEqual({
      roles: ['editor'],
      scopes: ['read:x'],
    });
  });

  it('is as much as fits, counted in bytes: roles first, then scopes, each in its order', async () => {
    const scopes = texts(20, 'é');
    expect(await inToken({ scopes })).toEqual({ roles: [], scopes });
    expect(await inToken({ scopes: [...scopes, 'x'] })).toEqual({ roles: [], scopes });
    expect(await inToken({ roleIds: texts(12, 'è'), scopes })).toEqual({
      roles: texts(12, 'è'),
      scopes: scopes.slice(0, 8),
    });
    expect(await inToken({ roleIds: texts(21, 'è'), scopes })).toEqual({ roles: texts(20, 'è'), scopes: [] });
  });
});
