import { changeRole, createRole, getRole, listRoles, type RoleObject, removeRole, succeed } from '@evident/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningGateway, startGateway } from './start-gateway.fixture.ts';
import { base, printed, times, uid, userId, workspaceId } from './usso-objects.fixture.ts';

let gateway: RunningGateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway.close());

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
