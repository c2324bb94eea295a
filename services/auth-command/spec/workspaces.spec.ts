import { randomUUID } from 'node:crypto';
import { streams } from '@evident/domain';
import { describe, expect, it } from 'vitest';
import { codeOf, valueIn } from './fixture.ts';
import { again, missing, type NewWorkspace, openWorkspaces } from './workspaces-fixture.ts';

const stage = openWorkspaces();
const { unique, create, created, workspacesOf } = stage;

describe('a workspace', () => {
  it('is answered as it was given, with the slug of its name, and whoever made it is in it', async () => {
    const request = { name: 'My Team', description: 'Ours.', settings: { theme: 'dark', limits: [1] } };
    const { userId, context } = await stage.fixture.holderOf('create:sso/workspace');
    const workspace = valueIn(await stage.fixture.service.createWorkspace(request, context));
    expect(workspace).toMatchObject({ ...request, slug: 'my-team', isActive: true, logoUrl: null, ownerId: userId });
    expect([...(await workspacesOf(userId))]).toEqual([[workspace.uid, []]]);
    expect((await created({ name: 'My Team' })).slug).toBe('my-team-2');
    expect(codeOf(await create({ slug: 'my-team' }))).toBe('workspace.slug-taken');
  });

  it('is not made for somebody who holds as much as can be told, as they could not be in it', async () => {
    const { userId, context } = await stage.fixture.holderOf();
    const most = { scopes: ['create:sso/workspace', `read:${'x'.repeat(200 * 1024)}`] };
    await stage.fixture.append(streams.user('main', userId), { type: 'user.scopes-assigned', data: most });
    const before = await stage.fixture.temporary.log.store.lastPosition();
    expect(codeOf(await stage.fixture.service.createWorkspace({ name: unique() }, context))).toBe('user.too-large');
    expect(await stage.fixture.temporary.log.store.lastPosition()).toBe(before);
  });

  it('is changed by what is given; a logo is taken away by null', async () => {
    const workspace = await created({ logoUrl: 'https://files.test/a.png', settings: { a: 1 } });
    const change = { uid: workspace.uid, logoUrl: null, settings: { b: [2] }, isActive: false };
    const changed = valueIn(await stage.fixture.service.changeWorkspace(change, stage.fixture.asAdmin()));
    expect(changed).toEqual({ ...workspace, ...change, updatedAt: changed.updatedAt });
    valueIn(await stage.fixture.service.changeWorkspace(change, stage.fixture.asAdmin()));
    expect(await stage.fixture.read(streams.workspace('main', workspace.uid))).toHaveLength(2);
  });

  it('gives its slug back when it is removed, and is unknown from then on', async () => {
    const workspace = await created({ slug: 'passing' });
    const context = stage.fixture.asAdmin();
    const { uid } = workspace;
    expect(valueIn(await stage.fixture.service.removeWorkspace({ uid }, context))).toEqual(workspace);
    expect(valueIn(await stage.fixture.service.removeWorkspace({ uid }, context))).toEqual(workspace);
    for (const reply of [
      await stage.fixture.service.removeWorkspace({ uid }, stage.fixture.asAdmin()),
      await stage.fixture.service.changeWorkspace({ uid }, stage.fixture.asAdmin()),
      await stage.fixture.service.addMember(
        { workspaceId: uid, userId: randomUUID(), roles: [] },
        stage.fixture.asAdmin(),
      ),
      await stage.fixture.service.removeMember({ workspaceId: uid, userId: randomUUID() }, stage.fixture.asAdmin()),
    ]) {
      expect(codeOf(reply)).toBe('workspace.unknown');
    }
    expect((await created({ slug: 'passing' })).uid).not.toBe(uid);
  });

  it.each<[Partial<NewWorkspace>, string]>([
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
    const { context } = await stage.fixture.holderOf('read:sso/workspace');
    const { uid } = await created();
    expect(await stage.fixture.service.createWorkspace({ name: 'x' }, context)).toEqual(
      missing('create:sso/workspace'),
    );
    for (const workspaceId of [uid, randomUUID()]) {
      const [update, remove] = [missing('update:sso/workspace'), missing('delete:sso/workspace')];
      const member = { workspaceId, userId: randomUUID() };
      expect(await stage.fixture.service.changeWorkspace({ uid: workspaceId }, again(context))).toEqual(update);
      expect(await stage.fixture.service.removeWorkspace({ uid: workspaceId }, again(context))).toEqual(remove);
      expect(await stage.fixture.service.addMember({ ...member, roles: [] }, again(context))).toEqual(update);
      expect(await stage.fixture.service.removeMember(member, again(context))).toEqual(update);
    }
  });
});

describe('a workspace that was switched off', () => {
  it('is switched on again only by who holds everything in it, since all its members get back what they have there', async () => {
    const { uid } = await created();
    const { userId, context } = await stage.fixture.holderOf('update:sso/workspace', 'create:sso/role');
    const change = (isActive: boolean) => stage.fixture.service.changeWorkspace({ uid, isActive }, again(context));
    valueIn(await change(true));
    valueIn(await change(false));
    expect(await change(true)).toEqual(missing(`*:*?workspace_id=${uid}`));
    valueIn(await stage.fixture.service.changeWorkspace({ uid, name: unique() }, again(context)));

    const everything = { name: unique(), scopes: ['*:*'], workspaceId: uid };
    const role = valueIn(await stage.fixture.service.createRole(everything, stage.fixture.asAdmin()));
    valueIn(
      await stage.fixture.service.addMember({ workspaceId: uid, userId, roles: [role.slug] }, stage.fixture.asAdmin()),
    );
    // What somebody has in it does not count while it is off: nobody switches it on for themselves.
    expect(await change(true)).toEqual(missing(`*:*?workspace_id=${uid}`));
    expect(
      valueIn(await stage.fixture.service.changeWorkspace({ uid, isActive: true }, stage.fixture.asAdmin())).isActive,
    ).toBe(true);
    valueIn(await change(false));
  });
});
