import { randomUUID } from 'node:crypto';
import type { RoleObject, UserObject, WorkspaceObject } from '@evident/contracts';
import { streams } from '@evident/domain';
import { requestContext } from '@evident/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { codeOf, type Fixture, openFixture, registerOn, valueIn } from './fixture.ts';

let fixture: Fixture;
let serial = 0;

beforeAll(async () => {
  fixture = await openFixture();
});
afterAll(() => fixture.remove());

const unique = () => `Team Nr ${++serial}`;
type Request = Parameters<Fixture['service']['createWorkspace']>[0];
const create = (request: Partial<Request> = {}) =>
  fixture.service.createWorkspace({ name: unique(), ...request }, fixture.asAdmin());
const created = async (request: Partial<Request> = {}): Promise<WorkspaceObject> => valueIn(await create(request));
const missing = (scope: string) => ({
  ok: false,
  error: { code: 'caller.not-permitted', details: { missing: scope } },
});
const again = (context: ReturnType<typeof requestContext>) => requestContext({ credential: context.credential });
const workspacesOf = async (userId: string) =>
  (await fixture.temporary.log.states.user.load(streams.user('main', userId))).state.workspaces;

describe('a workspace', () => {
  it('is answered as it was given, with the slug of its name, and whoever made it is in it', async () => {
    const request = { name: 'My Team', description: 'Ours.', settings: { theme: 'dark', limits: [1] } };
    const { userId, context } = await fixture.holderOf('create:sso/workspace');
    const workspace = valueIn(await fixture.service.createWorkspace(request, context));
    expect(workspace).toMatchObject({ ...request, slug: 'my-team', isActive: true, logoUrl: null, ownerId: userId });
    expect([...(await workspacesOf(userId))]).toEqual([[workspace.uid, []]]);
    expect((await created({ name: 'My Team' })).slug).toBe('my-team-2');
    expect(codeOf(await create({ slug: 'my-team' }))).toBe('workspace.slug-taken');
  });

  it('is not made for somebody who holds as much as can be told, as they could not be in it', async () => {
    const { userId, context } = await fixture.holderOf();
    const most = { scopes: ['create:sso/workspace', `read:${'x'.repeat(200 * 1024)}`] };
    await fixture.append(streams.user('main', userId), { type: 'user.scopes-assigned', data: most });
    const before = await fixture.temporary.log.store.lastPosition();
    expect(codeOf(await fixture.service.createWorkspace({ name: unique() }, context))).toBe('user.too-large');
    expect(await fixture.temporary.log.store.lastPosition()).toBe(before);
  });

  it('is changed by what is given; a logo is taken away by null', async () => {
    const workspace = await created({ logoUrl: 'https://files.test/a.png', settings: { a: 1 } });
    const change = { uid: workspace.uid, logoUrl: null, settings: { b: [2] }, isActive: false };
    const changed = valueIn(await fixture.service.changeWorkspace(change, fixture.asAdmin()));
    expect(changed).toEqual({ ...workspace, ...change, updatedAt: changed.updatedAt });
    valueIn(await fixture.service.changeWorkspace(change, fixture.asAdmin()));
    expect(await fixture.read(streams.workspace('main', workspace.uid))).toHaveLength(2);
  });

  it('gives its slug back when it is removed, and is unknown from then on', async () => {
    const workspace = await created({ slug: 'passing' });
    const context = fixture.asAdmin();
    const { uid } = workspace;
    expect(valueIn(await fixture.service.removeWorkspace({ uid }, context))).toEqual(workspace);
    expect(valueIn(await fixture.service.removeWorkspace({ uid }, context))).toEqual(workspace);
    for (const reply of [
      await fixture.service.removeWorkspace({ uid }, fixture.asAdmin()),
      await fixture.service.changeWorkspace({ uid }, fixture.asAdmin()),
      await fixture.service.addMember({ workspaceId: uid, userId: randomUUID(), roles: [] }, fixture.asAdmin()),
      await fixture.service.removeMember({ workspaceId: uid, userId: randomUUID() }, fixture.asAdmin()),
    ]) {
      expect(codeOf(reply)).toBe('workspace.unknown');
    }
    expect((await created({ slug: 'passing' })).uid).not.toBe(uid);
  });

  it.each<[Partial<Request>, string]>([
    [{ name: '' }, 'name'],
    [{ description: 'a\u0007' }, 'description'],
    [{ slug: 'A' }, 'slug'],
    [{ logoUrl: 'javascript:alert(1)' }, 'logo_url'],
    [{ settings: { text: 'a'.repeat(16_384) } }, 'settings'],
    [{ settings: { text: 'a\0' } }, 'settings'],
    [{ settings: { list: [{ 'a\ud800': 1 }] } }, 'settings'],
  ])('with %j is refused', async (request, field) => {
    expect(await create(request)).toMatchObject({ error: { code: 'workspace.invalid', details: { field } } });
  });

  it('needs the scope, and is refused the same where there is none', async () => {
    const { context } = await fixture.holderOf('read:sso/workspace');
    const { uid } = await created();
    expect(await fixture.service.createWorkspace({ name: 'x' }, context)).toEqual(missing('create:sso/workspace'));
    for (const workspaceId of [uid, randomUUID()]) {
      const [update, remove] = [missing('update:sso/workspace'), missing('delete:sso/workspace')];
      const member = { workspaceId, userId: randomUUID() };
      expect(await fixture.service.changeWorkspace({ uid: workspaceId }, again(context))).toEqual(update);
      expect(await fixture.service.removeWorkspace({ uid: workspaceId }, again(context))).toEqual(remove);
      expect(await fixture.service.addMember({ ...member, roles: [] }, again(context))).toEqual(update);
      expect(await fixture.service.removeMember(member, again(context))).toEqual(update);
    }
  });
});

describe('a member', () => {
  let workspace: WorkspaceObject;
  let role: RoleObject;
  let user: UserObject;
  beforeEach(async () => {
    workspace = await created();
    role = valueIn(await fixture.service.createRole({ name: unique(), scopes: ['update:posts'] }, fixture.asAdmin()));
    user = await registerOn(fixture, `member${++serial}`);
  });

  const add = (roles: string[], context = fixture.asAdmin()) =>
    fixture.service.addMember({ workspaceId: workspace.uid, userId: user.uid, roles }, context);
  const remove = (context = fixture.asAdmin()) =>
    fixture.service.removeMember({ workspaceId: workspace.uid, userId: user.uid }, context);

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
    const ofOther = await fixture.service.createRole({ name: unique(), workspaceId }, fixture.asAdmin());
    expect(await add([valueIn(ofOther).slug])).toMatchObject({ error: { code: 'grant.invalid' } });
    const retired = valueIn(await fixture.service.createRole({ name: unique() }, fixture.asAdmin()));
    valueIn(await fixture.service.removeRole({ uid: retired.uid }, fixture.asAdmin()));
    for (const reference of ['nobody', randomUUID(), `role_${randomUUID()}`, retired.slug, retired.uid, retired.name]) {
      expect(await add([role.slug, reference])).toMatchObject({
        error: { code: 'grant.invalid', details: { field: 'workspace_roles', unknown: reference } },
      });
    }
    expect((await workspacesOf(user.uid)).size).toBe(0);
  });

  it.each(['Editor', 'member'])('is given none by the name of two, %s, but by the id of one', async (name) => {
    const make = (slug: string) => fixture.service.createRole({ name, slug }, fixture.asAdmin());
    const [one, another] = [valueIn(await make('one-of-two')), valueIn(await make('another-of-two'))];
    const reason = `several roles have the name ${JSON.stringify(name)}: give the id of one`;
    expect(await add([role.slug, name])).toMatchObject({
      error: { code: 'grant.invalid', details: { field: 'workspace_roles', reason, unknown: name } },
    });
    expect(valueIn(await add([one.uid])).roleIds).toEqual([one.uid]);
    for (const { uid } of [one, another]) valueIn(await fixture.service.removeRole({ uid }, fixture.asAdmin()));
  });

  it('is told to be unknown where there is no such user, or where they are not in it', async () => {
    const userId = randomUUID();
    const member = { workspaceId: workspace.uid, userId };
    expect(codeOf(await fixture.service.addMember({ ...member, roles: [] }, fixture.asAdmin()))).toBe('user.unknown');
    expect(codeOf(await fixture.service.removeMember(member, fixture.asAdmin()))).toBe('workspace.member-unknown');
    expect(codeOf(await remove())).toBe('workspace.member-unknown');
  });

  it('is one without roles as `member`, unless there is a role of that name', async () => {
    expect(valueIn(await add(['member'])).roles).toEqual([]);
    expect(valueIn(await add([role.slug, 'member'])).roles).toEqual([role.slug]);
    const member = valueIn(await fixture.service.createRole({ name: unique(), slug: 'member' }, fixture.asAdmin()));
    expect(valueIn(await add(['member'])).roleIds).toEqual([member.uid]);
    valueIn(await fixture.service.removeRole({ uid: member.uid }, fixture.asAdmin()));
  });

  it('leaves, and is answered as they were', async () => {
    const member = valueIn(await add([role.slug]));
    const context = fixture.asAdmin();
    expect(valueIn(await remove(context))).toEqual(member);
    expect(valueIn(await remove(context))).toEqual(member);
    expect((await workspacesOf(user.uid)).size).toBe(0);
    expect(codeOf(await remove())).toBe('workspace.member-unknown');
  });

  it('keeps the roles there where somebody is taken in again and nothing is said of roles', async () => {
    valueIn(await add([role.slug]));
    const silent = { workspaceId: workspace.uid, userId: user.uid };
    expect(valueIn(await fixture.service.addMember(silent, fixture.asAdmin())).roles).toEqual([role.slug]);
    expect(valueIn(await add([])).roles).toEqual([]);
    await remove();
    expect(valueIn(await fixture.service.addMember(silent, fixture.asAdmin())).roles).toEqual([]);
    expect((await workspacesOf(user.uid)).size).toBe(1);
  });

  it('is given only what the giver holds there, and keeps what others gave', async () => {
    const scopes = [`update:sso/workspace?uid=${workspace.uid}`, `update:sso/user?uid=${user.uid}`, 'read:posts'];
    const { context } = await fixture.holderOf(...scopes);
    expect(await add([role.slug], context)).toEqual(missing(`update:posts?workspace_id=${workspace.uid}`));
    expect(codeOf(await add([], again(context)))).toBe('ok');
    valueIn(await add([role.slug]));
    expect(codeOf(await add([role.slug], again(context)))).toBe('ok');
    const reader = valueIn(
      await fixture.service.createRole({ name: unique(), scopes: ['read:posts'] }, fixture.asAdmin()),
    );
    expect(valueIn(await add([reader.slug], again(context))).roles).toEqual([reader.slug]);
  });
});

describe('whoever administers a workspace', () => {
  it('takes nobody into it over whom they have no say, and changes the roles of those who are in it', async () => {
    const workspace = await created();
    const { context } = await fixture.holderOf(`manage:*?workspace_id=${workspace.uid}`);
    const user = await registerOn(fixture, `outsider${++serial}`);
    const member = (userId: string) => ({ workspaceId: workspace.uid, userId, roles: [] });
    for (const userId of [user.uid, randomUUID()]) {
      expect(await fixture.service.addMember(member(userId), again(context))).toEqual(missing('update:sso/user'));
    }
    valueIn(await fixture.service.addMember(member(user.uid), fixture.asAdmin()));
    const role = { name: unique(), workspaceId: workspace.uid, scopes: ['update:posts'] };
    const { slug } = valueIn(await fixture.service.createRole(role, again(context)));
    const added = await fixture.service.addMember({ ...member(user.uid), roles: [slug] }, again(context));
    expect(valueIn(added).roles).toEqual([slug]);
    expect(codeOf(await fixture.service.removeMember(member(user.uid), again(context)))).toBe('ok');
  });
});

describe('a workspace that was switched off', () => {
  it('is switched on again only by who holds everything in it, since all its members get back what they have there', async () => {
    const { uid } = await created();
    const { userId, context } = await fixture.holderOf('update:sso/workspace', 'create:sso/role');
    const change = (isActive: boolean) => fixture.service.changeWorkspace({ uid, isActive }, again(context));
    valueIn(await change(true));
    valueIn(await change(false));
    expect(await change(true)).toEqual(missing(`*:*?workspace_id=${uid}`));
    valueIn(await fixture.service.changeWorkspace({ uid, name: unique() }, again(context)));

    const everything = { name: unique(), scopes: ['*:*'], workspaceId: uid };
    const role = valueIn(await fixture.service.createRole(everything, fixture.asAdmin()));
    valueIn(await fixture.service.addMember({ workspaceId: uid, userId, roles: [role.slug] }, fixture.asAdmin()));
    // What somebody has in it does not count while it is off: nobody switches it on for themselves.
    expect(await change(true)).toEqual(missing(`*:*?workspace_id=${uid}`));
    expect(valueIn(await fixture.service.changeWorkspace({ uid, isActive: true }, fixture.asAdmin())).isActive).toBe(
      true,
    );
    valueIn(await change(false));
  });
});

describe('who was given a role', () => {
  it('may do by it what it says in its workspace, and from the moment that it is taken away nothing', async () => {
    const { uid: workspaceId } = await created();
    const { userId, context } = await fixture.holderOf();
    const scopes = ['update:sso/workspace', 'create:sso/role'];
    const role = valueIn(await fixture.service.createRole({ name: unique(), scopes }, fixture.asAdmin()));
    const member = { workspaceId, userId };
    const rename = (uid: string) => fixture.service.changeWorkspace({ uid, name: unique() }, again(context));
    const elsewhere = await created();

    expect(await rename(workspaceId)).toEqual(missing('update:sso/workspace'));
    valueIn(await fixture.service.addMember({ ...member, roles: [role.slug] }, fixture.asAdmin()));
    expect(codeOf(await rename(workspaceId))).toBe('ok');
    expect(await rename(elsewhere.uid)).toEqual(missing('update:sso/workspace'));

    const change = (request: { scopes?: string[]; isActive?: boolean }) =>
      fixture.service.changeRole({ uid: role.uid, ...request }, fixture.asAdmin());
    valueIn(await change({ isActive: false }));
    expect(await rename(workspaceId)).toEqual(missing('update:sso/workspace'));
    valueIn(await change({ isActive: true }));
    expect(codeOf(await rename(workspaceId))).toBe('ok');
    valueIn(await change({ scopes: ['read:sso/workspace'] }));
    expect(await rename(workspaceId)).toEqual(missing('update:sso/workspace'));
    valueIn(await change({ scopes }));
    valueIn(await fixture.service.removeMember(member, fixture.asAdmin()));
    expect(await rename(workspaceId)).toEqual(missing('update:sso/workspace'));
    valueIn(await fixture.service.addMember({ ...member, roles: [role.slug] }, fixture.asAdmin()));
    valueIn(await fixture.service.removeRole({ uid: role.uid }, fixture.asAdmin()));
    expect(await rename(workspaceId)).toEqual(missing('update:sso/workspace'));
  });
});
