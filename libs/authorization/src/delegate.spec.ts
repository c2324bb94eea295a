import { describe, expect, test } from 'vitest';
import { delegable, isWider } from './index.ts';

type Row = readonly [child: string, parent: string, covered: boolean];
const yes = true;
const no = false;

const id = '019a2f1e-7c1e-7b52-9a34-1c5e7d9b2f60';
const other = '019a2f1e-7c1e-7b52-9a34-1c5e7d9b2f61';
const rows: Row[] = [
  ['read:users', 'create:users', yes],
  ['create:users', 'read:users', no],
  ['read:users', '*:*', yes],
  ['*:*', '*:*', yes],
  ['owner:*', '*:*', yes],
  ['superadmin:*', '*:*', no],
  ['*:*', 'superadmin:*', yes],
  ['read:*', 'read:users', no],
  ['read:users', 'read:*', yes],
  ['create:files', '*', no],
  ['read:users?user_id=1', 'read:users', yes],
  ['read:users', 'read:users?user_id=1', no],
  ['read:users?user_id=1', 'read:users?user_id=1', yes],
  ['read:users?user_id=2', 'read:users?user_id=1', no],
  ['read:users?user_id=1', 'read:users?user_id=*', no],
  ['read:users?user_id=*', 'read:users?user_id=1', no],
  ['read:users?user_id=1&tenant_id=t', 'read:users?user_id=1', yes],
  ['read:users?user_id=1', 'read:users?user_id=1&tenant_id=t', no],
  ['read:users?user_id=2&user_id=1', 'read:users?user_id=1', no],
  ['read:users?*', 'read:users?user_id=1', no],
  [`read:users?workspace_id=ws_${id}`, `read:users?workspace_id=${id}`, yes],
  [`read:users?workspace_id=${id}`, `read:users?workspace_id=ws_${id}`, yes],
  [`read:users?workspace_id=ws_${other}`, `read:users?workspace_id=ws_${id}`, no],
  ['write:users', 'read:users', no],
  ['write:users', 'update:users', yes],
  ['create:users', 'write:users', yes],
  ['delete:users', 'write:users', no],
  ['admin:users', 'write:users', no],
  ['read:users', 'read:sso/users', no],
  ['read:*/users', 'read:sso/users', no],
  ['read:sso/users', 'read:users', yes],
  ['read:users', 'read:*/users', yes],
  ['read:sso/users', 'read:sso/*', yes],
  ['read:users', 'read:sso/*', no],
  ['read:acme/sso/users', 'read:sso/users', yes],
  ['read:sso/users', 'read:acme/sso/users', no],
  ['read:sso/users', 'read:other/users', no],
  ['read:sso/users/42', 'read:sso/users', no],
  ['read:users/42', 'read:users/*', yes],
  ['read:user', 'read:users', no],
  ['read:user*', 'read:us*', yes],
  ['read:us*', 'read:user*', no],
  ['read:*s', 'read:*', yes],
  ['read:*', 'read:**', yes],
  ['read:[ab]x', 'read:[ab]x', yes],
  ['read:[ab]x', 'read:*x', yes],
  ['read:ax', 'read:[ab]x', yes],
  ['read:cx', 'read:[ab]x', no],
  ['read:[abc]x', 'read:[ab]x', no],
  ['read:*x', 'read:[ab]x', no],
  ['read:[ab]xy', 'read:[ab]x*', yes],
  ['read:[cd]xy', 'read:[ab]x*', no],
  ['read:[bc]xy', 'read:[!c]x*', no],
  ['impersonate:users', 'read:users', no],
  ['impersonate:users', 'delete:users', no],
  ['impersonate:users', 'manage:users', yes],
  ['impersonate:users', 'impersonate:users', yes],
  ['impersonate:users?user_id=1', 'impersonate:users', yes],
  ['publish:users', 'impersonate:users', no],
  ['read:users', 'impersonate:users', yes],
  ['ADMIN:users', 'read:users', no],
  ['none:users', 'read:users', yes],
  ['read:users', 'none:users', no],
  ['', '*:*', no],
  ['read:users', '', no],
  ['read:users?user_id', '*:*', no],
  ['read:users?user_id=', '*:*', no],
  ['read:users?=1', '*:*', no],
  ['read:users?user_id=%zz', '*:*', no],
  ['read:us ers', '*:*', no],
];

describe('handing on', () => {
  test.each(rows)('%s under %s: %s', (child, parent, covered) => {
    expect(isWider(child, parent)).toBe(!covered);
  });

  test('each wanted scope is covered by a held one, and the first that is not is named', () => {
    const held = ['manage:sso/user', 'read:sso/role'];
    expect(delegable({ held, wanted: ['read:sso/role', 'delete:sso/user'] })).toEqual({ allowed: true });
    expect(delegable({ held, wanted: ['read:sso/role', 'update:sso/role', 'x:y'] })).toEqual({
      allowed: false,
      missing: 'update:sso/role',
    });
  });

  test('wanting nothing is allowed to whoever holds nothing', () => {
    expect(delegable({ held: [], wanted: [] })).toEqual({ allowed: true });
    expect(delegable({ held: [], wanted: ['none:x'] })).toEqual({ allowed: false, missing: 'none:x' });
  });

  test('superadmin is nobody’s to give', () => {
    expect(delegable({ held: ['superadmin:*'], wanted: ['superadmin:users'] })).toEqual({
      allowed: false,
      missing: 'superadmin:users',
    });
  });
});
