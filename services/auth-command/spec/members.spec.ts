import { randomUUID } from 'node:crypto';
import type { RoleObject, UserObject, WorkspaceObject } from '@evident/contracts';
import { beforeEach, describe, expect, it } from 'vitest';
import { codeOf, registerOn, valueIn } from './fixture.ts';
import { again, missing, openWorkspaces } from './workspaces-fixture.ts';

const stage = openWorkspaces();
const { unique, created, workspacesOf } = stage;

describe('a member', () => {
  let workspace: WorkspaceObject;
  let role: RoleObject;
  let user: UserObject;
  beforeEach(async () => {
    workspace = await created();
    role = valueIn(
      await stage.fixture.service.createRole({ name: unique(), scopes: ['update:posts'] }, stage.fixture.asAdmin()),
    );
    user = await registerOn(stage.fixture, unique().replaceAll(' ', ''));
  });

  const add = (roles: string[], context = stage.fixture.asAdmin()) =>
    stage.fixture.service.addMember({ workspaceId: workspace.uid, userId: user.uid, roles }, context);
  const remove = (context = stage.fixture.asAdmin()) =>
    stage.fixture.service.removeMember({ workspaceId: workspace.uid, userId: user.uid }, context);

  it('has the roles that were given last, and is answered with them', async () => {
    const member = valueIn(await add([role.slug]));
    expect(member).toMatchObject({
      userId: user.uid,
      workspaceId: workspace.uid,
      roles: [role.slug],
      roleIds: [role.uid],
    });
    const changed = valueIn(await add([]));
    expect(changed).toMatchObject({ roles: [], roleIds: [], joinedAt: member.joinedAt });
    expect([...(await workspacesOf(user.uid))]).toEqual([[workspace.uid, []]]);
  });

  it.each([
    ['slug', () => role.slug],
    ['name', () => role.name],
    ['uid', () => role.uid],
    ['id', () => `role_${role.uid}`],
    ['id in capitals', () => role.uid.toUpperCase()],
  ])('is given a role by its %s', async (_way, reference) => {
    expect(valueIn(await add([reference(), role.slug])).roleIds).toEqual([role.uid]);
  });

  it('is given no role that there is not, or that is of another workspace', async () => {
    const { uid: workspaceId } = await created();
    const ofOther = await stage.fixture.service.createRole({ name: unique(), workspaceId }, stage.fixture.asAdmin());
    expect(await add([valueIn(ofOther).slug])).toMatchObject({ error: { code: 'grant.invalid' } });
    const retired = valueIn(await stage.fixture.service.createRole({ name: unique() }, stage.fixture.asAdmin()));
    valueIn(await stage.fixture.service.removeRole({ uid: retired.uid }, stage.fixture.asAdmin()));
    for (const reference of ['nobody', randomUUID(), `role_${randomUUID()}`, retired.slug, retired.uid, retired.name]) {
      expect(await add([role.slug, reference])).toMatchObject({
        error: { code: 'grant.invalid', details: { field: 'workspace_roles', unknown: reference } },
      });
    }
    expect((await workspacesOf(user.uid)).size).toBe(0);
  });

  it.each(['Editor', 'member'])('is given none by the name of two, %s, but by the id of one', async (name) => {
    const make = (slug: string) => stage.fixture.service.createRole({ name, slug }, stage.fixture.asAdmin());
    const [one, another] = [valueIn(await make('one-of-two')), valueIn(await make('another-of-two'))];
    const reason = `several roles have the name ${JSON.stringify(name)}: give the id of one`;
    expect(await add([role.slug, name])).toMatchObject({
      error: { code: 'grant.invalid', details: { field: 'workspace_roles', reason, unknown: name } },
    });
    expect(valueIn(await add([one.uid])).roleIds).toEqual([one.uid]);
    for (const { uid } of [one, another])
      valueIn(await stage.fixture.service.removeRole({ uid }, stage.fixture.asAdmin()));
  });

  it('is told to be unknown where there is no such user, or where they are not in it', async () => {
    const userId = randomUUID();
    const member = { workspaceId: workspace.uid, userId };
    expect(codeOf(await stage.fixture.service.addMember({ ...member, roles: [] }, stage.fixture.asAdmin()))).toBe(
      'user.unknown',
    );
    expect(codeOf(await stage.fixture.service.removeMember(member, stage.fixture.asAdmin()))).toBe(
      'workspace.member-unknown',
    );
    expect(codeOf(await remove())).toBe('workspace.member-unknown');
  });

  it('is one without roles as `member`, unless there is a role of that name', async () => {
    expect(valueIn(await add(['member'])).roles).toEqual([]);
    expect(valueIn(await add([role.slug, 'member'])).roles).toEqual([role.slug]);
    const member = valueIn(
      await stage.fixture.service.createRole({ name: unique(), slug: 'member' }, stage.fixture.asAdmin()),
    );
    expect(valueIn(await add(['member'])).roleIds).toEqual([member.uid]);
    valueIn(await stage.fixture.service.removeRole({ uid: member.uid }, stage.fixture.asAdmin()));
  });

  it('leaves, and is answered as they were', async () => {
    const member = valueIn(await add([role.slug]));
    const context = stage.fixture.asAdmin();
    expect(valueIn(await remove(context))).toEqual(member);
    expect(valueIn(await remove(context))).toEqual(member);
    expect((await workspacesOf(user.uid)).size).toBe(0);
    expect(codeOf(await remove())).toBe('workspace.member-unknown');
  });

  it('keeps the roles there where somebody is taken in again and nothing is said of roles', async () => {
    valueIn(await add([role.slug]));
    const silent = { workspaceId: workspace.uid, userId: user.uid };
    expect(valueIn(await stage.fixture.service.addMember(silent, stage.fixture.asAdmin())).roles).toEqual([role.slug]);
    expect(valueIn(await add([])).roles).toEqual([]);
    await remove();
    expect(valueIn(await stage.fixture.service.addMember(silent, stage.fixture.asAdmin())).roles).toEqual([]);
    expect((await workspacesOf(user.uid)).size).toBe(1);
  });

  it('is given only what the giver holds there, and keeps what others gave', async () => {
    const scopes = [`update:sso/workspace?uid=${workspace.uid}`, `update:sso/user?uid=${user.uid}`, 'read:posts'];
    const { context } = await stage.fixture.holderOf(...scopes);
    expect(await add([role.slug], context)).toEqual(missing(`update:posts?workspace_id=${workspace.uid}`));
    expect(codeOf(await add([], again(context)))).toBe('ok');
    valueIn(await add([role.slug]));
    expect(codeOf(await add([role.slug], again(context)))).toBe('ok');
    const reader = valueIn(
      await stage.fixture.service.createRole({ name: unique(), scopes: ['read:posts'] }, stage.fixture.asAdmin()),
    );
    expect(valueIn(await add([reader.slug], again(context))).roles).toEqual([reader.slug]);
  });
});

describe('whoever administers a workspace', () => {
  it('takes nobody into it over whom they have no say, and changes the roles of those who are in it', async () => {
    const workspace = await created();
    const { context } = await stage.fixture.holderOf(`manage:*?workspace_id=${workspace.uid}`);
    const user = await registerOn(stage.fixture, unique().replaceAll(' ', ''));
    const member = (userId: string) => ({ workspaceId: workspace.uid, userId, roles: [] });
    for (const userId of [user.uid, randomUUID()]) {
      expect(await stage.fixture.service.addMember(member(userId), again(context))).toEqual(missing('update:sso/user'));
    }
    valueIn(await stage.fixture.service.addMember(member(user.uid), stage.fixture.asAdmin()));
    const role = { name: unique(), workspaceId: workspace.uid, scopes: ['update:posts'] };
    const { slug } = valueIn(await stage.fixture.service.createRole(role, again(context)));
    const added = await stage.fixture.service.addMember({ ...member(user.uid), roles: [slug] }, again(context));
    expect(valueIn(added).roles).toEqual([slug]);
    expect(codeOf(await stage.fixture.service.removeMember(member(user.uid), again(context)))).toBe('ok');
  });
});

describe('who was given a role', () => {
  it('may do by it what it says in its workspace, and from the moment that it is taken away nothing', async () => {
    const { uid: workspaceId } = await created();
    const { userId, context } = await stage.fixture.holderOf();
    const scopes = ['update:sso/workspace', 'create:sso/role'];
    const role = valueIn(await stage.fixture.service.createRole({ name: unique(), scopes }, stage.fixture.asAdmin()));
    const member = { workspaceId, userId };
    const rename = (uid: string) => stage.fixture.service.changeWorkspace({ uid, name: unique() }, again(context));
    const elsewhere = await created();

    expect(await rename(workspaceId)).toEqual(missing('update:sso/workspace'));
    valueIn(await stage.fixture.service.addMember({ ...member, roles: [role.slug] }, stage.fixture.asAdmin()));
    expect(codeOf(await rename(workspaceId))).toBe('ok');
    expect(await rename(elsewhere.uid)).toEqual(missing('update:sso/workspace'));

    const change = (request: { scopes?: string[]; isActive?: boolean }) =>
      stage.fixture.service.changeRole({ uid: role.uid, ...request }, stage.fixture.asAdmin());
    valueIn(await change({ isActive: false }));
    expect(await rename(workspaceId)).toEqual(missing('update:sso/workspace'));
    valueIn(await change({ isActive: true }));
    expect(codeOf(await rename(workspaceId))).toBe('ok');
    valueIn(await change({ scopes: ['read:sso/workspace'] }));
    expect(await rename(workspaceId)).toEqual(missing('update:sso/workspace'));
    valueIn(await change({ scopes }));
    valueIn(await stage.fixture.service.removeMember(member, stage.fixture.asAdmin()));
    expect(await rename(workspaceId)).toEqual(missing('update:sso/workspace'));
    valueIn(await stage.fixture.service.addMember({ ...member, roles: [role.slug] }, stage.fixture.asAdmin()));
    valueIn(await stage.fixture.service.removeRole({ uid: role.uid }, stage.fixture.asAdmin()));
    expect(await rename(workspaceId)).toEqual(missing('update:sso/workspace'));
  });
});
