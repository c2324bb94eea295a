import { randomUUID } from 'node:crypto';
import type { RoleObject } from '@evident/contracts';
import { streams } from '@evident/domain';
import { requestContext } from '@evident/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codeOf, type Fixture, openFixture, valueIn } from './fixture.ts';

let fixture: Fixture;
let serial = 0;

beforeAll(async () => {
  fixture = await openFixture();
});
afterAll(() => fixture.remove());

const unique = () => `Role Nr ${++serial}`;
type Request = Parameters<Fixture['service']['createRole']>[0];
const create = (request: Partial<Request> = {}) =>
  fixture.service.createRole({ name: unique(), ...request }, fixture.asAdmin());
const created = async (request: Partial<Request> = {}): Promise<RoleObject> => valueIn(await create(request));
const again = (context: ReturnType<typeof requestContext>) => requestContext({ credential: context.credential });

describe('a role', () => {
  it('is answered with the slug of its name, and is on the log as it was given', async () => {
    const request = { name: 'Content  Éditor!', description: 'Writes.', scopes: ['read:content', 'write:content'] };
    const role = await created(request);
    expect(role).toMatchObject({ ...request, slug: 'content-editor', isActive: true, workspaceId: null });
    expect(role.ownerId).toMatch(/^[0-9a-f-]{36}$/);
    const [event] = await fixture.read(streams.role('main', role.uid));
    expect(event).toMatchObject({ type: 'role.defined', data: { slug: 'content-editor', scopes: request.scopes } });
  });

  it('keeps a slug that was given; one that is taken, or none, is refused', async () => {
    const slug = 'the-editors';
    expect((await created({ slug })).slug).toBe(slug);
    expect(codeOf(await create({ slug }))).toBe('role.slug-taken');
    for (const bad of ['', 'The-Editors', 'a b', '-a', 'a--b', 'é', 'a'.repeat(65)]) {
      expect(await create({ slug: bad })).toMatchObject({
        error: { code: 'role.invalid', details: { field: 'slug' } },
      });
    }
  });

  it('gets the next free suffix where the slug of its name is taken', async () => {
    const name = 'Night Watch';
    const slugs: string[] = [];
    for (let count = 0; count < 11; count++) slugs.push((await created({ name })).slug);
    expect(slugs.slice(0, 9)).toEqual([
      'night-watch',
      ...[2, 3, 4, 5, 6, 7, 8, 9].map((count) => `night-watch-${count}`),
    ]);
    for (const slug of slugs.slice(9)) expect(slug).toMatch(/^night-watch-[0-9a-f]{12}$/);
    expect((await created({ name: 'تیم من' })).slug).toBe('role');
  });

  it('is one, with one slug, however many ask for it at once', async () => {
    const replies = await Promise.all(Array.from({ length: 8 }, () => create({ slug: 'racers' })));
    expect(replies.map(codeOf).toSorted()).toEqual(['ok', ...Array(7).fill('role.slug-taken')]);
  });

  it('gives its slug back when it is removed, and is answered as it was', async () => {
    const role = await created({ slug: 'passing' });
    const context = fixture.asAdmin();
    expect(valueIn(await fixture.service.removeRole({ uid: role.uid }, context))).toEqual(role);
    expect(valueIn(await fixture.service.removeRole({ uid: role.uid }, context))).toEqual(role);
    expect(codeOf(await fixture.service.removeRole({ uid: role.uid }, fixture.asAdmin()))).toBe('role.unknown');
    expect(codeOf(await fixture.service.changeRole({ uid: role.uid, name: 'x' }, fixture.asAdmin()))).toBe(
      'role.unknown',
    );
    expect((await created({ slug: 'passing' })).uid).not.toBe(role.uid);
  });

  it('is changed by what is given, and by nothing where it is so already', async () => {
    const role = await created({ scopes: ['read:a'] });
    const change = { uid: role.uid, description: 'New.', isActive: false };
    const changed = valueIn(await fixture.service.changeRole(change, fixture.asAdmin()));
    expect(changed).toEqual({ ...role, description: 'New.', isActive: false, updatedAt: changed.updatedAt });
    valueIn(await fixture.service.changeRole(change, fixture.asAdmin()));
    expect(await fixture.read(streams.role('main', role.uid))).toHaveLength(2);
  });

  it.each<[Partial<Request>, string, string]>([
    [{ name: '' }, 'role.invalid', 'name'],
    [{ name: ' a' }, 'role.invalid', 'name'],
    [{ name: 'a'.repeat(151) }, 'role.invalid', 'name'],
    [{ name: 'a\u200bb' }, 'role.invalid', 'name'],
    [{ description: 'a'.repeat(2_001) }, 'role.invalid', 'description'],
    [{ description: 'a\u0000' }, 'role.invalid', 'description'],
    [{ scopes: [''] }, 'role.invalid', 'scopes'],
    [{ scopes: ['read:a', 'read: b'] }, 'role.invalid', 'scopes'],
    [{ scopes: ['read:a?workspace_id'] }, 'role.invalid', 'scopes'],
    [{ scopes: [`read:${'a'.repeat(400)}`] }, 'role.invalid', 'scopes'],
    [{ workspaceId: randomUUID() }, 'role.invalid', 'workspace_id'],
  ])('with %j is refused as %s', async (request, code, field) => {
    expect(await create(request)).toMatchObject({ error: { code, details: { field } } });
    if (request.workspaceId !== undefined) return;
    const { uid } = await created();
    const { name, description, scopes } = request;
    const change = {
      uid,
      ...(name === undefined ? {} : { name }),
      ...(description === undefined ? {} : { description }),
    };
    const changed = await fixture.service.changeRole(
      scopes === undefined ? change : { ...change, scopes },
      fixture.asAdmin(),
    );
    expect(changed).toMatchObject({ error: { code, details: { field } } });
  });

  it('takes a description of several lines, and a scope of a filter that it does not know', async () => {
    const request = { description: 'One.\nTwo.\tThree.', scopes: ['read:a?colour=red'] };
    expect(await created(request)).toMatchObject(request);
  });
});

describe('whoever makes or changes a role', () => {
  const missing = (scope: string) => ({
    ok: false,
    error: { code: 'caller.not-permitted', details: { missing: scope } },
  });

  it('needs the scope, and is told so for a role that there is as for one that there is not', async () => {
    const { context } = await fixture.holderOf('read:sso/role');
    const { uid } = await created();
    const { createRole, changeRole, removeRole } = fixture.service;
    expect(await createRole({ name: 'x' }, context)).toEqual(missing('create:sso/role'));
    for (const id of [uid, randomUUID()]) {
      expect(await changeRole({ uid: id, name: 'x' }, context)).toEqual(missing('update:sso/role'));
      expect(await removeRole({ uid: id }, context)).toEqual(missing('delete:sso/role'));
    }
    expect(codeOf(await removeRole({ uid: randomUUID() }, fixture.asAdmin()))).toBe('role.unknown');
  });

  it('makes none that reaches further than they do', async () => {
    const { context } = await fixture.holderOf('create:sso/role', 'update:content');
    const { createRole } = fixture.service;
    valueIn(await createRole({ name: unique(), scopes: ['read:content', 'create:content'] }, context));
    expect(await createRole({ name: unique(), scopes: ['read:content', 'delete:content'] }, again(context))).toEqual(
      missing('delete:content'),
    );
    expect(await createRole({ name: unique(), scopes: ['read:*'] }, again(context))).toEqual(missing('read:*'));
  });

  it('never gives superadmin, not even as administrator', async () => {
    expect(await create({ scopes: ['superadmin:*'] })).toEqual(missing('superadmin:*'));
    expect(codeOf(await create({ scopes: ['*:*'] }))).toBe('ok');
  });

  it('widens one only by what they hold, narrows it freely, and keeps what it had before', async () => {
    const { context } = await fixture.holderOf('update:sso/role', 'read:content');
    const { uid } = await created({ scopes: ['delete:posts', 'read:x'] });
    const change = (scopes: string[]) => fixture.service.changeRole({ uid, scopes }, again(context));
    expect(await change(['delete:posts', 'update:content'])).toEqual(missing('update:content'));
    expect(valueIn(await change(['delete:posts', 'read:content'])).scopes).toEqual(['delete:posts', 'read:content']);
    expect(valueIn(await change(['update:posts', 'read:content'])).scopes).toEqual(['update:posts', 'read:content']);
    expect(await change(['delete:posts'])).toEqual(missing('delete:posts'));
  });

  it('brings one back to life only where they hold all of it', async () => {
    const { context } = await fixture.holderOf('update:sso/role');
    const { uid } = await created({ scopes: ['delete:posts'], isActive: false });
    expect(await fixture.service.changeRole({ uid, isActive: true }, context)).toEqual(missing('delete:posts'));
    expect(codeOf(await fixture.service.changeRole({ uid, name: 'Other' }, again(context)))).toBe('ok');
  });

  it('brings one back that is a name alone only with the say over all users, or over the workspace that it is of', async () => {
    const { uid: workspaceId } = valueIn(await fixture.service.createWorkspace({ name: unique() }, fixture.asAdmin()));
    const wake = async (role: Partial<Request>, ...scopes: string[]) => {
      const { uid } = await created({ scopes: [], isActive: false, ...role });
      const { context } = await fixture.holderOf('update:sso/role', ...scopes);
      return fixture.service.changeRole({ uid, isActive: true }, context);
    };
    expect(await wake({})).toEqual(missing('update:sso/user'));
    expect(await wake({}, 'update:sso/user?workspace_id=x')).toEqual(missing('update:sso/user'));
    expect(codeOf(await wake({}, 'update:sso/user'))).toBe('ok');
    expect(await wake({ workspaceId })).toEqual(missing('update:sso/workspace'));
    expect(codeOf(await wake({ workspaceId }, `update:sso/workspace?uid=${workspaceId}`))).toBe('ok');
  });

  it('may do it in their workspace where the scope is narrowed to it, and hands on what counts there', async () => {
    const { uid: workspaceId } = valueIn(await fixture.service.createWorkspace({ name: unique() }, fixture.asAdmin()));
    const { context } = await fixture.holderOf(`manage:*?workspace_id=${workspaceId}`);
    const { createRole, changeRole, removeRole } = fixture.service;
    const role = valueIn(await createRole({ name: unique(), workspaceId, scopes: ['delete:posts'] }, context));
    expect(role).toMatchObject({ workspaceId, scopes: ['delete:posts'] });
    expect(codeOf(await changeRole({ uid: role.uid, scopes: ['manage:posts'] }, again(context)))).toBe('ok');
    expect(await changeRole({ uid: role.uid, scopes: ['admin:posts'] }, again(context))).toEqual(
      missing(`admin:posts?workspace_id=${workspaceId}`),
    );
    expect(await createRole({ name: unique() }, again(context))).toEqual(missing('create:sso/role'));
    const elsewhere = await created();
    expect(await removeRole({ uid: elsewhere.uid }, again(context))).toEqual(missing('delete:sso/role'));
    expect(codeOf(await removeRole({ uid: role.uid }, again(context)))).toBe('ok');
  });

  it('may change only their own where the scope is narrowed to the owner', async () => {
    const { userId } = await fixture.holderOf();
    await fixture.append(streams.user('main', userId), {
      type: 'user.scopes-assigned',
      data: { scopes: [`manage:sso/role?owner_id=${userId}`] },
    });
    const { createRole, changeRole } = fixture.service;
    const context = await fixture.tokenOf(userId);
    const own = valueIn(await createRole({ name: unique() }, context));
    expect(own.ownerId).toBe(userId);
    expect(codeOf(await changeRole({ uid: own.uid, name: 'Mine' }, again(context)))).toBe('ok');
    const other = await created();
    expect(await changeRole({ uid: other.uid, name: 'Mine' }, again(context))).toEqual(missing('update:sso/role'));
  });
});
