import {
  addMember,
  changeWorkspace,
  createWorkspace,
  fail,
  getWorkspace,
  listMembers,
  listWorkspaces,
  listWorkspaceUsers,
  type MembershipObject,
  removeMember,
  removeWorkspace,
  succeed,
  type WorkspaceObject,
} from '@evident/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningGateway, startGateway } from './start-gateway.fixture.ts';
import { base, noon, printed, times, uid, userId, workspaceId } from './usso-objects.fixture.ts';

let gateway: RunningGateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway.close());

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
