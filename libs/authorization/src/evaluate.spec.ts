import { describe, expect, test } from 'vitest';
import { type Attributes, evaluate, isReached, reachOfList } from './index.ts';

type Row = readonly [
  held: string,
  resource: string,
  action: string,
  attributes: Attributes | undefined,
  allowed: boolean,
];
const none = undefined;
const yes = true;
const no = false;

const levels: Row[] = [
  ['read:users', 'users', 'read', none, yes],
  ['users', 'users', 'read', none, yes],
  ['users', 'users', 'create', none, no],
  [':users', 'users', 'read', none, yes],
  ['read:users', 'users', 'create', none, no],
  ['read:users', 'users', 'delete', none, no],
  ['create:users', 'users', 'read', none, yes],
  ['create:users', 'users', 'create', none, yes],
  ['create:users', 'users', 'update', none, no],
  ['update:users', 'users', 'create', none, yes],
  ['update:users', 'users', 'update', none, yes],
  ['update:users', 'users', 'delete', none, no],
  ['delete:users', 'users', 'update', none, yes],
  ['delete:users', 'users', 'delete', none, yes],
  ['delete:users', 'users', 'manage', none, no],
  ['manage:users', 'users', 'delete', none, yes],
  ['manage:users', 'users', 'manage', none, yes],
  ['manage:users', 'users', 'admin', none, no],
  ['admin:users', 'users', 'manage', none, yes],
  ['admin:users', 'users', 'admin', none, yes],
  ['admin:users', 'users', 'owner', none, no],
  ['owner:users', 'users', 'admin', none, yes],
  ['owner:users', 'users', 'owner', none, yes],
  ['owner:users', 'users', 'superadmin', none, no],
  ['*:users', 'users', 'owner', none, yes],
  ['*:users', 'users', 'superadmin', none, no],
  ['superadmin:*', 'anything/at/all', 'superadmin', none, yes],
  ['*:*', 'sso/users', 'delete', none, yes],
  ['*:*', 'users', 'superadmin', none, no],
  ['*', 'users', 'read', none, yes],
  ['*', 'users', 'create', none, no],
  ['read:*', 'sso/users', 'read', none, yes],
  ['read:*', 'users', 'create', none, no],
  ['none:users', 'users', 'read', none, no],
  ['none:users', 'users', 'none', none, no],
  ['read:users', 'users', 'none', none, yes],
];

const verbs: Row[] = [
  ['write:users', 'users', 'read', none, yes],
  ['write:users', 'users', 'create', none, yes],
  ['write:users', 'users', 'update', none, yes],
  ['write:users', 'users', 'write', none, yes],
  ['write:users', 'users', 'delete', none, no],
  ['update:users', 'users', 'write', none, yes],
  ['create:users', 'users', 'write', none, no],
  ['read:users', 'users', 'write', none, no],
  ['read:users', 'users', 'impersonate', none, no],
  ['delete:users', 'users', 'impersonate', none, no],
  ['manage:users', 'users', 'impersonate', none, yes],
  ['impersonate:users', 'users', 'impersonate', none, no],
  ['impersonate:users', 'users', 'read', none, yes],
  ['impersonate:users', 'users', 'create', none, no],
  ['ADMIN:users', 'users', 'read', none, yes],
  ['ADMIN:users', 'users', 'create', none, no],
  ['Read:users', 'users', 'read', none, yes],
  ['admin:users', 'users', 'READ', none, yes],
  ['delete:users', 'users', 'READ', none, no],
  ['constructor:users', 'users', 'create', none, no],
  ['__proto__:users', 'users', 'create', none, no],
  ['*:users', 'users', '__proto__', none, yes],
  ['r*:users', 'users', 'create', none, no],
  ['re?d:users', 'users', 'read', none, no],
];

const paths: Row[] = [
  ['read:users', 'sso/users', 'read', none, yes],
  ['read:users', 'a/b/c/users', 'read', none, yes],
  ['read:sso/users', 'sso/users', 'read', none, yes],
  ['read:sso/users', 'acme/sso/users', 'read', none, yes],
  ['read:a/users', 'b/users', 'read', none, no],
  ['read:users/*', 'users', 'read', none, no],
  ['read:users/*', 'users/42', 'read', none, yes],
  ['read:users', 'users/42', 'read', none, no],
  ['read:users:email', 'users', 'read', none, no],
  ['read:users:email', 'users:email', 'read', none, yes],
  ['read:media/*', 'media/files', 'read', none, yes],
  ['read:media/*', 'files', 'read', none, no],
  ['read:*/files', 'files', 'read', none, yes],
  ['read:*/*/files', 'files', 'read', none, yes],
  ['read:a/*/files', 'files', 'read', none, no],
  ['read:**/files', 'files', 'read', none, yes],
  ['read:*/files', 'media/files', 'read', none, yes],
  ['read:x/b/files', 'c/files', 'read', none, no],
  ['read:media//files', 'media/raw/files', 'read', none, yes],
  ['read:media//files', 'media/files', 'read', none, no],
  ['read:users/', 'users/42', 'read', none, yes],
  ['read:/users', 'sso/users', 'read', none, yes],
  ['read:', 'sso/users', 'read', none, yes],
  ['read:', 'sso/users', 'create', none, no],
  ['read:user', 'sso/users', 'read', none, no],
  ['read:users', 'sso/user', 'read', none, no],
  ['admin:workspace', 'workspaces', 'read', none, no],
  ['admin:Workspace', 'workspace', 'read', none, no],
  ['read:user*', 'sso/users', 'read', none, yes],
  ['read:user*', 'sso/user', 'read', none, yes],
  ['read:*er', 'sso/user', 'read', none, yes],
  ['read:u*e*', 'sso/user', 'read', none, yes],
  ['read:u*x*', 'sso/user', 'read', none, no],
  ['read:**', 'sso/user', 'read', none, yes],
  ['read:*s*', 'sso/user', 'read', none, yes],
  ['read:us*er', 'sso/user', 'read', none, yes],
  ['read:us*se', 'sso/use', 'read', none, no],
  ['read:[su]ser', 'sso/superuser', 'read', none, no],
  ['read:[ur]ole', 'sso/role', 'read', none, yes],
  ['read:[!r]ole', 'sso/role', 'read', none, no],
  ['read:[!r]ole', 'sso/!ole', 'read', none, yes],
  ['read:[a-z]ole', 'sso/role', 'read', none, yes],
  ['read:[a-q]ole', 'sso/role', 'read', none, no],
  ['read:[s-z]ole', 'sso/role', 'read', none, no],
  ['read:[a-z]ole', 'sso/-ole', 'read', none, no],
  ['read:[a-]ole', 'sso/-ole', 'read', none, yes],
  ['read:[a-cr]ole', 'sso/role', 'read', none, yes],
  ['read:[amz]ole', 'sso/role', 'read', none, no],
  ['read:[role', 'sso/role', 'read', none, no],
  ['read:[role', 'sso/[role', 'read', none, yes],
  ['read:[]r]ole', 'sso/]ole', 'read', none, yes],
  ['read:[!]r]ole', 'sso/role', 'read', none, no],
  ['read:[!]r]ole', 'sso/mole', 'read', none, yes],
  ['read:s[s]o/user', 'sso/user', 'read', none, yes],
  ['read:s*/user', 'sso/user', 'read', none, yes],
  ['read:t*/user', 'sso/user', 'read', none, no],
  ['read:sso/user', '*/user', 'read', none, yes],
  ['read:sso/user', 'sso/*', 'read', none, no],
  ['read:sso/*', 'sso/*', 'read', none, yes],
  ['read:*', '*', 'read', none, yes],
  ['read:.*', 'sso/user', 'read', none, no],
  ['read:sso/user', '', 'read', none, no],
];

const t1: Attributes = { tenant_id: 't1' };
const u1: Attributes = { tenant_id: 't1', user_id: 'u1' };
const id = '019a2f1e-7c1e-7b52-9a34-1c5e7d9b2f60';
const other = '019a2f1e-7c1e-7b52-9a34-1c5e7d9b2f61';
const filters: Row[] = [
  ['read:users?tenant_id=t1', 'users', 'read', none, no],
  ['read:users?tenant_id=t1', 'users', 'read', {}, no],
  ['read:users?tenant_id=t1', 'users', 'read', t1, yes],
  ['read:users?tenant_id=t1', 'users', 'read', { tenant_id: 't2' }, no],
  ['read:users?tenant_id=t1', 'users', 'read', { tenant_id: 't1', user_id: 'u9' }, yes],
  ['read:users?tenant_id=t1', 'users', 'read', { user_id: 't1' }, no],
  ['?tenant_id=t1', 'users', 'read', t1, yes],
  ['?tenant_id=t1', 'users', 'read', none, no],
  ['read:users?tenant_id=t1&user_id=u1', 'users', 'read', u1, yes],
  ['read:users?tenant_id=t1&user_id=u1', 'users', 'read', t1, no],
  ['read:users?tenant_id=t1&user_id=u1', 'users', 'read', { tenant_id: 't1', user_id: 'u2' }, no],
  ['read:users?tenant_id=t*', 'users', 'read', { tenant_id: 't77' }, yes],
  ['read:users?tenant_id=t?', 'users', 'read', { tenant_id: 't7' }, yes],
  ['read:users?tenant_id=t?', 'users', 'read', { tenant_id: 't77' }, no],
  ['read:users?tenant_id=*', 'users', 'read', none, no],
  ['read:users?tenant_id=*', 'users', 'read', t1, yes],
  ['read:users?tenant_id=T1', 'users', 'read', t1, no],
  ['read:users?workspace_id=w1', 'users', 'read', { workspace_id: 'w1' }, yes],
  ['read:users?owner_id=o1', 'users', 'read', { owner_id: 'o1' }, yes],
  ['read:users?uid=x1', 'users', 'read', { uid: 'x1' }, yes],
  ['read:users?uid=x1', 'users', 'delete', { uid: 'x1' }, no],
  ['delete:users?uid=x1', 'users', 'read', { uid: 'x1' }, yes],
  ['read:users', 'users', 'read', {}, yes],
  ['read:users', 'users', 'read', u1, yes],
  ['read:users?*', 'users', 'read', none, yes],
  ['read:users?tenant_id=t1&tenant_id=t2', 'users', 'read', t1, yes],
  ['read:users?tenant_id=t1&tenant_id=t2', 'users', 'read', { tenant_id: 't2' }, no],
  ['read:users?colour=red', 'users', 'read', t1, no],
  ['read:users?colour=*', 'users', 'read', t1, no],
  ['read:users?tenant_id=t1&colour=red', 'users', 'read', t1, no],
  ['read:users?toString=*', 'users', 'read', t1, no],
  ['read:users?tenant_id=', 'users', 'read', t1, no],
  ['read:users?tenant_id', 'users', 'read', t1, no],
  ['read:users?', 'users', 'read', t1, no],
  ['read:users?=t1', 'users', 'read', t1, no],
  ['read:users?tenant_id=t1&', 'users', 'read', t1, no],
  ['read:users?tenant_id=a%20b', 'users', 'read', { tenant_id: 'a b' }, yes],
  ['read:users?tenant_id=a+b', 'users', 'read', { tenant_id: 'a b' }, yes],
  ['read:users?tenant_id=%zz', 'users', 'read', t1, no],
  ['read:users?tenant_id=a:b', 'users', 'read', { tenant_id: 'a:b' }, yes],
  ['users?tenant_id=a:b', 'users', 'read', { tenant_id: 'a:b' }, yes],
  ['*:*?tenant_id=t1', 'sso/users', 'delete', t1, yes],
  ['*:*?tenant_id=t1', 'sso/users', 'delete', { tenant_id: 't2' }, no],
  [`read:users?workspace_id=ws_${id}`, 'users', 'read', { workspace_id: id }, yes],
  [`read:users?workspace_id=ws_${id}`, 'users', 'read', { workspace_id: [other, id] }, yes],
  [`read:users?workspace_id=ws_${id}`, 'users', 'read', { workspace_id: other }, no],
  [`read:users?workspace_id=user:${id}`, 'users', 'read', { workspace_id: id }, no],
  [`read:users?user_id=user:${id}`, 'users', 'read', { user_id: id }, yes],
  [`read:users?user_id=user%3A${id}`, 'users', 'read', { user_id: id }, yes],
  [`read:users?owner_id=service:${id}`, 'users', 'read', { owner_id: id }, yes],
  [`read:users?user_id=service:${id}`, 'users', 'read', { user_id: id }, yes],
  [`read:users?owner_id=user:${id}`, 'users', 'read', { owner_id: id }, yes],
  [`read:users?uid=user:${id}`, 'users', 'read', { uid: id }, yes],
  [`read:users?uid=service:${id}`, 'users', 'read', { uid: id }, yes],
  [`read:users?uid=ws_${id}`, 'users', 'read', { uid: id }, yes],
  [`read:users?uid=role_${id}`, 'users', 'read', { uid: id }, yes],
  [`read:users?uid=key_${id}`, 'users', 'read', { uid: id }, yes],
  [`read:users?uid=session:${id}`, 'users', 'read', { uid: id }, yes],
  [`read:users?tenant_id=ws_${id}`, 'users', 'read', { tenant_id: id }, no],
  ['read:users?workspace_id=ws_*', 'users', 'read', { workspace_id: id }, no],
  ['read:users?workspace_id=ws_w1', 'users', 'read', { workspace_id: 'w1' }, no],
  [`read:users?workspace_id=ws_${id}0`, 'users', 'read', { workspace_id: `${id}0` }, no],
  [`read:users?workspace_id=ws_0${id}`, 'users', 'read', { workspace_id: `0${id}` }, no],
];

const unreadable: Row[] = [
  ['', 'users', 'read', none, no],
  [' ', 'users', 'read', none, no],
  ['read: users', 'users', 'read', none, no],
  ['*:* ', 'users', 'read', none, no],
  ['*:*\n', 'users', 'read', none, no],
  ['*:\u0000*', 'users', 'read', none, no],
  ['*:\u200b*', 'users', 'read', none, no],
  ['*:\ud800', '\ud800', 'read', none, no],
  [`*:${'*'.repeat(600)}`, 'users', 'read', none, no],
];

const lengths: Row[] = [
  [`*:${'*'.repeat(510)}`, 'users', 'read', none, yes],
  [`*:${'*'.repeat(511)}`, 'users', 'read', none, no],
];

describe.each(Object.entries({ levels, verbs, paths, filters, unreadable, lengths }))('%s', (_name, rows) => {
  test.each(rows)('%s on %s to %s with %o: %s', (held, resource, action, attributes, allowed) => {
    const needed = { action, resource, ...(attributes === undefined ? {} : { attributes }) };
    expect(evaluate({ held: [held], needed }).allowed).toBe(allowed);
  });
});

describe('evaluation', () => {
  const needed = { action: 'delete', resource: 'sso/user' };

  test('nothing held is nothing allowed, and the refusal names what was missing', () => {
    expect(evaluate({ held: [], needed })).toEqual({ allowed: false, missing: 'delete:sso/user' });
  });

  test('what is missing says nothing about the object', () => {
    const attributes = { uid: 'x1' };
    expect(evaluate({ held: ['delete:sso/user?uid=x2'], needed: { ...needed, attributes } })).toEqual({
      allowed: false,
      missing: 'delete:sso/user',
    });
  });

  test('any one scope is enough, whatever else is held', () => {
    expect(evaluate({ held: ['', 'read:sso/user', 'manage:user'], needed }).allowed).toBe(true);
    expect(evaluate({ held: ['read:sso/user', 'delete:sso/role'], needed }).allowed).toBe(false);
  });

  test('an administrator of a tenant may do everything in it', () => {
    expect(evaluate({ held: ['*:*'], needed })).toEqual({ allowed: true });
  });
});

describe('the reach of a list', () => {
  const needed = { action: 'read', resource: 'sso/user' };

  test('is everything where one scope has no filter', () => {
    expect(reachOfList({ held: ['read:user?uid=x', 'read:user'], needed })).toEqual({ reach: 'all' });
  });

  test('is what the filters match where all scopes have some', () => {
    const list = reachOfList({ held: ['read:user?workspace_id=w1&owner_id=o1', 'read:user?uid=x1'], needed });
    expect(isReached(list, { uid: 'x1' })).toBe(true);
    expect(isReached(list, { workspace_id: 'w1', owner_id: 'o1' })).toBe(true);
    expect(isReached(list, { workspace_id: 'w1' })).toBe(false);
    expect(isReached(list, { owner_id: 'o1', uid: 'x2' })).toBe(false);
  });

  test('is nothing, with what was missing, where no scope helps', () => {
    const nothing = { reach: 'none', missing: 'read:sso/user' } as const;
    expect(reachOfList({ held: ['create:role', 'read:user?colour=red'], needed })).toEqual(nothing);
    expect(reachOfList({ held: ['read:user?uid=x1&colour=red'], needed })).toEqual(nothing);
    expect(isReached(nothing, {})).toBe(false);
  });
});
