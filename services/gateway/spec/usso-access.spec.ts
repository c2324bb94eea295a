import {
  addMember,
  changeRole,
  changeWorkspace,
  createRole,
  createWorkspace,
  fail,
  getRole,
  getWorkspace,
  listMembers,
  listRoles,
  listWorkspaces,
  listWorkspaceUsers,
  type MembershipObject,
  type RoleObject,
  removeMember,
  removeRole,
  removeWorkspace,
  succeed,
  type WorkspaceObject,
} from '@evident/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningGateway, startGateway } from './start-gateway.fixture.ts';

let gateway: RunningGateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway.close());

const base = '/api/sso/v1';
const noon = Date.UTC(2026, 0, 25, 12);
const uid = '019a2f1e-7c1e-7b52-9a34-1c5e7d9b2f60';
const userId = '019a2f1e-7c1e-7b52-9a34-1c5e7d9b2f61';
const workspaceId = '019a2f1e-7c1e-7b52-9a34-1c5e7d9b2f62';
const times = { createdAt: noon, updatedAt: noon + 1_000 };
const printed = {
  tenant_id: 'main',
  is_deleted: false,
  created_at: '2026-01-25T12:00:00.000Z',
  updated_at: '2026-01-25T12:00:01.000Z',
};

const role: RoleObject = {
  uid,
  name: 'Content Editor',
  slug: 'content-editor',
  description: 'Writes.',
  scopes: ['write:content'],
  isActive: true,
  workspaceId,
  ownerId: userId,
  ...times,
};
const printedRole = {
  ...printed,
  id: `role_${uid}`,
  uid,
  meta_data: {},
  user_id: userId,
  name: 'Content Editor',
  slug: 'content-editor',
  description: 'Writes.',
  scopes: ['write:content'],
  is_active: true,
  workspace_id: `ws_${workspaceId}`,
};
const workspace: WorkspaceObject = {
  uid,
  name: 'My Team',
  slug: 'my-team',
  description: '',
  logoUrl: null,
  settings: { theme: 'dark' },
  isActive: true,
  ownerId: null,
  ...times,
};
const printedWorkspace = {
  ...printed,
  id: `ws_${uid}`,
  uid,
  meta_data: {},
  user_id: null,
  name: 'My Team',
  slug: 'my-team',
  description: '',
  logo_url: null,
  settings: { theme: 'dark' },
  is_active: true,
};
const member: MembershipObject = {
  userId,
  workspaceId: uid,
  name: 'Ada',
  avatarUrl: '',
  roles: ['editor'],
  roleIds: [workspaceId],
  joinedAt: noon,
  updatedAt: noon + 1_000,
};
const printedMember = {
  ...printed,
  id: `user:${userId}`,
  uid: userId,
  user_id: `user:${userId}`,
  workspace_id: `ws_${uid}`,
  name: 'Ada',
  avatar_url: null,
  roles: ['editor'],
  role_ids: [`role_${workspaceId}`],
};

const asked = (contract: Parameters<RunningGateway['services']['askedOf']>[0]) =>
  gateway.services.askedOf(contract).at(-1)?.payload;

describe('roles', () => {
  it('are made of what was given: null counts as absent, and nothing else is sent on', async () => {
    gateway.services.answer(createRole, () => succeed(role));
    const json = { name: 'Content Editor', slug: null, workspace_id: workspaceId, is_admin: true };
    const called = await gateway.call('POST', `${base}/roles`, { json });
    expect([called.status, called.json]).toEqual([201, printedRole]);
    expect(asked(createRole)).toEqual({ name: 'Content Editor', workspaceId });
  });

  it.each([
    ['without a name', {}, 'name'],
    ['with scopes that are no list', { name: 'x', scopes: 'read:x' }, 'scopes'],
    ['of a workspace that is none', { name: 'x', workspace_id: 'role_1' }, 'workspace_id'],
    ['with a slug that is too long', { name: 'x', slug: 'a'.repeat(65) }, 'slug'],
  ])('%s are 422', async (_rule, json, part) => {
    const called = await gateway.call('POST', `${base}/roles`, { json });
    expect(called.status).toBe(422);
    expect(called.json).toMatchObject({ detail: [{ loc: ['body', part] }] });
  });

  it('are read, listed, changed and removed by either id', async () => {
    const { services } = gateway;
    services.answer(getRole, () => succeed(role));
    services.answer(listRoles, () => succeed({ roles: [role], total: 7 }));
    services.answer(changeRole, () => succeed(role));
    services.answer(removeRole, () => succeed(role));
    for (const id of [uid, `role_${uid}`]) {
      const path = `${base}/roles/${id}`;
      expect(await gateway.call('GET', path)).toMatchObject({ status: 200, json: printedRole });
      expect(asked(getRole)).toEqual({ uid });
      const change = { description: null, scopes: [], is_active: false, slug: 'other' };
      expect(await gateway.call('PATCH', path, { json: change })).toMatchObject({ status: 200, json: printedRole });
      expect(asked(changeRole)).toEqual({ uid, description: '', scopes: [], isActive: false });
      const removed = { ...printedRole, is_deleted: true };
      expect(await gateway.call('DELETE', path)).toMatchObject({ status: 200, json: removed });
      expect(asked(removeRole)).toEqual({ uid });
    }
    const list = await gateway.call(
      'GET',
      `${base}/roles?page=2&limit=1&workspace_id=ws_${workspaceId}&is_active=true`,
    );
    expect(list.json).toEqual({ items: [printedRole], total: 7, offset: 1, limit: 1 });
    expect(asked(listRoles)).toEqual({ skip: 1, limit: 1, workspaceId, isActive: true });
  });

  it('have a name and scopes that no change takes away', async () => {
    for (const [member, json] of Object.entries({ name: { name: null }, scopes: { scopes: null } })) {
      const called = await gateway.call('PATCH', `${base}/roles/${uid}`, { json });
      expect(called.json).toMatchObject({ code: 'validation_error', detail: [{ loc: ['body', member] }] });
    }
  });

  it('are refused in the words of the contract', async () => {
    const { services } = gateway;
    services.fail(createRole, 'role.slug-taken');
    const taken = await gateway.call('POST', `${base}/roles`, { json: { name: 'x', slug: 'x' } });
    expect([taken.status, taken.json]).toMatchObject([409, { code: 'resource_already_exists' }]);
    services.fail(createRole, 'role.invalid', { details: { field: 'slug', reason: 'must be so' } });
    const invalid = await gateway.call('POST', `${base}/roles`, { json: { name: 'x' } });
    expect([invalid.status, invalid.json]).toMatchObject([
      422,
      { detail: [{ loc: ['body', 'slug'], msg: 'must be so' }] },
    ]);
    services.fail(createRole, 'caller.not-permitted', { details: { missing: 'delete:posts' } });
    const missing = await gateway.call('POST', `${base}/roles`, { json: { name: 'x' } });
    expect([missing.status, missing.json]).toMatchObject([403, { code: 'permission_denied', missing: 'delete:posts' }]);
    services.fail(getRole, 'role.unknown');
    expect(await gateway.call('GET', `${base}/roles/nobody`)).toMatchObject({
      status: 404,
      json: { code: 'resource_not_found', detail: 'Role not found' },
    });
  });
});

describe('workspaces', () => {
  it('are made, read, listed, changed and removed', async () => {
    const { services } = gateway;
    services.answer(createWorkspace, () => succeed(workspace));
    services.answer(getWorkspace, () => succeed(workspace));
    services.answer(listWorkspaces, () => succeed({ workspaces: [workspace], total: 1 }));
    services.answer(changeWorkspace, () => succeed(workspace));
    services.answer(removeWorkspace, () => succeed(workspace));
    const made = await gateway.call('POST', `${base}/workspaces`, { json: { name: 'My Team', slug: 'my-team' } });
    expect([made.status, made.json]).toEqual([201, printedWorkspace]);
    expect(asked(createWorkspace)).toEqual({ name: 'My Team', slug: 'my-team' });
    const path = `${base}/workspaces/ws_${uid}`;
    expect(await gateway.call('GET', path)).toMatchObject({ status: 200, json: printedWorkspace });
    const change = { description: null, logo_url: null, settings: null };
    expect(await gateway.call('PATCH', path, { json: change })).toMatchObject({ status: 200, json: printedWorkspace });
    expect(asked(changeWorkspace)).toEqual({ uid, description: '', logoUrl: null, settings: {} });
    const removed = { ...printedWorkspace, is_deleted: true };
    expect(await gateway.call('DELETE', path)).toMatchObject({ status: 200, json: removed });
    const page = { items: [printedWorkspace], total: 1, offset: 0, limit: 10 };
    expect((await gateway.call('GET', `${base}/workspaces`)).json).toEqual(page);
    expect(asked(listWorkspaces)).toEqual({ skip: 0, limit: 10 });
    expect((await gateway.call('GET', `${base}/workspaces/mine`)).json).toEqual(page);
    expect(asked(listWorkspaces)).toEqual({ skip: 0, limit: 10, mine: true });
  });
});

describe('members', () => {
  it('are added with one role or several, listed, and taken out', async () => {
    const { services } = gateway;
    services.answer(addMember, () => succeed(member));
    services.answer(removeMember, () => succeed(member));
    services.answer(listMembers, () => succeed({ members: [member], total: 1 }));
    services.answer(listWorkspaceUsers, () => succeed({ people: [], total: 0 }));
    const path = `${base}/workspaces/ws_${uid}/members`;
    const bodies = [
      [{ user_id: `user:${userId}`, role: 'member' }, ['member']],
      [{ user_id: userId, roles: ['editor', 'reader'], role: null }, ['editor', 'reader']],
      [{ user_id: userId, roles: [] }, []],
    ] as const;
    for (const [json, roles] of bodies) {
      expect(await gateway.call('POST', path, { json })).toMatchObject({ status: 201, json: printedMember });
      expect(asked(addMember)).toEqual({ workspaceId: uid, userId, roles });
    }
    for (const silent of [{}, { role: null, roles: null }]) {
      expect((await gateway.call('POST', path, { json: { user_id: userId, ...silent } })).status).toBe(201);
      expect(asked(addMember)).toEqual({ workspaceId: uid, userId });
    }
    const removed = await gateway.call('DELETE', `${path}/user:${userId}`);
    expect([removed.status, removed.json]).toEqual([200, { ...printedMember, is_deleted: true }]);
    expect(asked(removeMember)).toEqual({ workspaceId: uid, userId });
    expect((await gateway.call('GET', path)).json).toEqual({ items: [printedMember], total: 1, offset: 0, limit: 10 });
    const users = await gateway.call('GET', `${base}/workspaces/${uid}/users?limit=500`);
    expect(users.json).toEqual({ items: [], total: 0, offset: 0, limit: 100 });
    expect(asked(listWorkspaceUsers)).toEqual({ skip: 0, limit: 100, workspaceId: uid });
  });

  it('are somebody: without a user, or with what is no id, it is 422', async () => {
    for (const json of [{}, { user_id: 'nobody' }, { user_id: null }]) {
      const called = await gateway.call('POST', `${base}/workspaces/${uid}/members`, { json });
      expect([called.status, called.json]).toMatchObject([422, { detail: [{ loc: ['body', 'user_id'] }] }]);
    }
  });

  it('have so many roles at most, told in one member or in both', async () => {
    gateway.services.answer(addMember, () => succeed(member));
    const roles = (count: number) => Array.from({ length: count }, (_, place) => `role-${place}`);
    const add = (json: object) =>
      gateway.call('POST', `${base}/workspaces/${uid}/members`, { json: { user_id: userId, ...json } });
    const detail = [{ loc: ['body', 'roles'], msg: 'List should have at most 256 items', type: 'too_long' }];
    expect(await add({ roles: roles(257) })).toMatchObject({ status: 422, json: { detail } });
    const msg = '`roles` and `role` should name at most 256 roles';
    expect(await add({ roles: roles(256), role: 'another' })).toMatchObject({
      status: 422,
      json: { detail: [{ loc: ['body', 'role'], msg, type: 'too_long' }] },
    });
    for (const json of [
      { roles: roles(256), role: 'role-7' },
      { roles: roles(255), role: 'another' },
    ]) {
      expect((await add(json)).status).toBe(201);
      expect(asked(addMember)).toMatchObject({ roles: { length: 256 } });
    }
  });

  it('have roles that there are: the refusal names the member of the request that holds another', async () => {
    const refused = { field: 'workspace_roles', reason: 'there is no role "ghost"', unknown: 'ghost' };
    gateway.services.answer(addMember, () => fail('grant.invalid', { details: refused }));
    const bodies = [
      [{ role: 'ghost' }, 'role'],
      [{ roles: ['ghost'] }, 'roles'],
      [{ roles: ['editor'], role: 'ghost' }, 'role'],
      [{ roles: ['ghost'], role: 'editor' }, 'roles'],
    ] as const;
    for (const [roles, member] of bodies) {
      const json = { user_id: userId, ...roles };
      const called = await gateway.call('POST', `${base}/workspaces/${uid}/members`, { json });
      const detail = [{ loc: ['body', member], msg: 'there is no role "ghost"', type: 'value_error' }];
      expect([called.status, called.json]).toMatchObject([422, { detail }]);
    }
  });
});
