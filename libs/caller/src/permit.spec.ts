import { describe, expect, it } from 'vitest';
import { type Holder, handOn, permit, reachOf } from './index.ts';

const holder = (scopes: string[], bounds?: string[]): Holder => ({
  tenant: 'main',
  scopes,
  ...(bounds === undefined ? {} : { bounds }),
});
const missing = (scope: string) => ({ code: 'caller.not-permitted', details: { missing: scope } });

describe('what a caller may do', () => {
  it('is what the scopes allow, and the refusal names the scope that was missing', () => {
    expect(permit(holder(['manage:sso/role']), 'delete:sso/role')).toBeUndefined();
    expect(permit(holder(['read:sso/role']), 'delete:sso/role')).toEqual(missing('delete:sso/role'));
  });

  it('depends on the object where the scope is narrowed, and is refused for one that there is not', () => {
    const narrow = holder(['update:sso/role?workspace_id=w1']);
    expect(permit(narrow, 'update:sso/role', { workspace_id: 'w1' })).toBeUndefined();
    for (const attributes of [{ workspace_id: 'w2' }, {}, undefined]) {
      expect(permit(narrow, 'update:sso/role', attributes)).toEqual(missing('update:sso/role'));
    }
  });

  it('holds in the tenant of the caller and in no other, whatever an object says of itself', () => {
    expect(permit(holder(['read:sso/role?tenant_id=main']), 'read:sso/role')).toBeUndefined();
    expect(permit(holder(['read:sso/role?tenant_id=main']), 'read:sso/role', { uid: 'x' })).toBeUndefined();
    const elsewhere = holder(['read:sso/role?tenant_id=other']);
    expect(permit(elsewhere, 'read:sso/role')).toEqual(missing('read:sso/role'));
    expect(permit(elsewhere, 'read:sso/role', { tenant_id: 'other' })).toEqual(missing('read:sso/role'));
  });

  it('of a key is what both the key and its holder may do', () => {
    const key = holder(['*:*'], ['read:sso/role', 'read:sso/user?uid=u1']);
    expect(permit(key, 'read:sso/role')).toBeUndefined();
    expect(permit(key, 'update:sso/role')).toEqual(missing('update:sso/role'));
    expect(permit(key, 'read:sso/user', { uid: 'u1' })).toBeUndefined();
    expect(permit(key, 'read:sso/user', { uid: 'u2' })).toEqual(missing('read:sso/user'));
    expect(permit(holder(['read:sso/role'], ['*:*']), 'update:sso/role')).toEqual(missing('update:sso/role'));
  });

  it('is asked for by a verb and all that follows its colon', () => {
    const held = holder(['read:shop:orders']);
    expect(permit(held, 'read:shop:orders')).toBeUndefined();
    expect(permit(held, 'read:shop')).toEqual(missing('read:shop'));
    expect(permit(holder(['read:shop']), 'read:shop:orders')).toEqual(missing('read:shop:orders'));
    expect(reachOf(holder(['read:shop']), 'read:shop:orders')).toMatchObject({ ok: false });
  });

  it('is remembered for the same scopes, and never for others', () => {
    const scopes = ['read:sso/role'];
    expect(permit(holder(scopes), 'read:sso/role')).toBe(permit(holder(scopes), 'read:sso/role'));
    expect(permit(holder([]), 'read:sso/role')).toEqual(missing('read:sso/role'));
    expect(permit({ ...holder(['read:sso/role?tenant_id=main']), tenant: 'other' }, 'read:sso/role')).toBeDefined();
  });
});

describe('what a list shows', () => {
  it('is what would be allowed one by one', () => {
    const reach = reachOf(holder(['read:sso/user?workspace_id=w1', 'read:sso/user?uid=u9']), 'read:sso/user');
    const shown = (attributes: object) => reach.ok && reach.shows(attributes);
    expect(reach).toMatchObject({ ok: true, all: false });
    expect(shown({ uid: 'u1', workspace_id: ['w1', 'w2'] })).toBe(true);
    expect(shown({ uid: 'u9' })).toBe(true);
    expect(shown({ uid: 'u1', workspace_id: 'w2' })).toBe(false);
  });

  it('is everything for who holds the scope as it is, and a refusal for who holds none', () => {
    expect(reachOf(holder(['*:*']), 'read:sso/user')).toMatchObject({ ok: true, all: true });
    expect(reachOf(holder(['read:sso/role']), 'read:sso/user')).toEqual({ ok: false, error: missing('read:sso/user') });
  });

  it('is everything where the only filter is the tenant, and nothing where it is another one', () => {
    expect(reachOf(holder(['read:sso/user?tenant_id=ma*']), 'read:sso/user')).toMatchObject({ ok: true, all: true });
    const beside = holder(['read:sso/user?uid=u1', 'read:sso/user?tenant_id=main']);
    expect(reachOf(beside, 'read:sso/user')).toMatchObject({ ok: true, all: true });
    const elsewhere = holder(['read:sso/user?tenant_id=other', 'read:sso/user?tenant_id=other&uid=u1']);
    expect(reachOf(elsewhere, 'read:sso/user')).toEqual({ ok: false, error: missing('read:sso/user') });
    const some = reachOf(holder(['read:sso/user?tenant_id=main&uid=u1']), 'read:sso/user');
    expect(some).toMatchObject({ ok: true, all: false });
    expect(some.ok && some.filters.map((set) => [...set].map(([key, { text }]) => [key, text]))).toEqual([
      [
        ['tenant_id', 'main'],
        ['uid', 'u1'],
      ],
    ]);
    expect(some.ok && some.shows({ uid: 'u1' })).toBe(true);
  });

  it('is for a key what both it and its holder reach', () => {
    const reach = reachOf(holder(['read:sso/user?uid=u1'], ['read:sso/user?workspace_id=w1']), 'read:sso/user');
    expect(reach.ok && reach.shows({ uid: 'u1', workspace_id: 'w1' })).toBe(true);
    expect(reach.ok && reach.shows({ uid: 'u1' })).toBe(false);
    expect(reachOf(holder(['*:*'], []), 'read:sso/user')).toMatchObject({ ok: false });
  });
});

describe('handing on', () => {
  it('reaches as far as what is held, and no further', () => {
    expect(handOn(holder(['manage:sso/user']), ['read:sso/user', 'delete:sso/user'])).toBeUndefined();
    expect(handOn(holder(['read:sso/user']), ['read:sso/user', 'update:sso/user'])).toEqual(missing('update:sso/user'));
    expect(handOn(holder(['*:*'], ['read:sso/user']), ['update:sso/user'])).toEqual(missing('update:sso/user'));
    expect(handOn(holder(['read:sso/user'], ['*:*']), ['update:sso/user'])).toEqual(missing('update:sso/user'));
  });

  it('never gives superadmin, which is nobody’s', () => {
    expect(handOn(holder(['*:*']), ['superadmin:sso/user'])).toEqual(missing('superadmin:sso/user'));
  });
});
