import { randomUUID } from 'node:crypto';
import type { Reply, RequestContext } from '@evident/contracts';
import type { Position } from '@evident/event-store';
import { AccessOnLog, MachinesOnLog } from '@evident/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningProjection, runProjection } from '../running-projection.fixture.ts';

let running: RunningProjection;
let access: AccessOnLog;
const everything: { roles: string[]; workspaces: string[] } = { roles: [], workspaces: [] };

beforeAll(async () => {
  running = await runProjection();
  access = new AccessOnLog(running.temporary.log);
  for (let count = 1; count <= 12; count++) {
    everything.workspaces.push((await access.addWorkspace({ name: `Team ${count}`, isActive: count !== 5 })).uid);
    const workspaceId = count % 3 === 0 ? (everything.workspaces[0] ?? null) : null;
    const role = { name: `Role ${count}`, workspaceId, isActive: count % 4 !== 0 };
    everything.roles.push((await access.addRole(role)).uid);
  }
});
afterAll(() => running.end());

function answered<Value>(reply: Reply<Value>): Value {
  if (!reply.ok) throw new Error(`refused: ${JSON.stringify(reply.error)}`);
  return reply.value;
}
const missing = (scope: string) => ({
  ok: false,
  error: { code: 'caller.not-permitted', details: { missing: scope } },
});
const page = (skip: number, limit: number) => ({ skip, limit });
const whole = page(0, 100);
const here = async (): Promise<Position | undefined> => running.temporary.log.store.lastPosition();

/** A user with these scopes, who asks for what is on the log now. */
async function holderOf(...scopes: string[]) {
  const { uid } = await running.people.addUser();
  if (scopes.length > 0) await access.grant(uid, { scopes });
  const credential = await running.tokens.issue(uid);
  const ask = async (): Promise<RequestContext> => ({ ...running.asAdministrator(await here()), credential });
  return { uid, ask };
}
const asAdministrator = async () => running.asAdministrator(await here());

describe('a role', () => {
  it('is shown member by member to who may read it', async () => {
    const made = {
      name: 'Editor',
      description: 'Writes.',
      scopes: ['write:posts'],
      ownerId: randomUUID(),
      slug: 'editor-1',
    };
    const { uid } = await access.addRole(made);
    const shown = { uid, ...made, isActive: true, workspaceId: null };
    const times = { createdAt: expect.any(Number), updatedAt: expect.any(Number) };
    const read = async () => answered(await running.queries.getRole({ uid }, await asAdministrator()));
    expect(await read()).toEqual({ ...shown, ...times });
    await access.changeRole(uid, { description: '', scopes: [], isActive: false });
    expect(await read()).toEqual({ ...shown, ...times, description: '', scopes: [], isActive: false });
    await access.retireRole(uid);
    expect(await running.queries.getRole({ uid }, await asAdministrator())).toMatchObject({
      error: { code: 'role.unknown' },
    });
  });

  it('is refused without the scope for it, real or unknown alike', async () => {
    const [first = ''] = everything.roles;
    const nobody = await holderOf('read:sso/user');
    const another = await holderOf(`read:sso/role?uid=${everything.roles[1]}`);
    for (const { ask } of [nobody, another]) {
      for (const uid of [first, randomUUID()]) {
        expect(await running.queries.getRole({ uid }, await ask())).toEqual(missing('read:sso/role'));
      }
    }
    const uid = everything.roles[1] ?? '';
    expect(answered(await running.queries.getRole({ uid }, await another.ask())).uid).toBe(uid);
  });

  it('is found by its name for who has to judge it, while it has it', async () => {
    const [first, second] = [await access.addRole({ name: 'Twin' }), await access.addRole({ name: 'Twin' })];
    const named = async (...names: string[]) => {
      const { uids } = answered(await running.queries.findRoles({ names }, await asAdministrator()));
      return uids.toSorted();
    };
    expect(await named('Twin', 'Nobody')).toEqual([first.uid, second.uid].toSorted());
    await access.changeRole(first.uid, { name: 'Single' });
    await access.retireRole(second.uid);
    expect(await named('Twin')).toEqual([]);
    expect(await named('Single', 'Single')).toEqual([first.uid]);
    await access.retireRole(first.uid);
  });
});

describe('the list of roles', () => {
  const list = async (request: object, ask: () => Promise<RequestContext> = asAdministrator) =>
    answered(await running.queries.listRoles({ ...whole, ...request }, await ask()));
  const uidsOf = (roles: readonly { uid: string }[]) => roles.map(({ uid }) => uid);

  it('is in the order of their making, page by page, with the number of all', async () => {
    const all = await list({});
    expect(uidsOf(all.roles)).toEqual(everything.roles);
    expect(all.total).toBe(12);
    expect(uidsOf((await list(page(4, 3))).roles)).toEqual(everything.roles.slice(4, 7));
    expect(await list(page(12, 3))).toEqual({ roles: [], total: 12 });
  });

  it('shows those of a workspace, or those that are active', async () => {
    const [workspaceId] = everything.workspaces;
    const there = everything.roles.filter((_, place) => (place + 1) % 3 === 0);
    const active = everything.roles.filter((_, place) => (place + 1) % 4 !== 0);
    expect(uidsOf((await list({ workspaceId })).roles)).toEqual(there);
    expect(await list({ isActive: true, ...page(2, 2) })).toMatchObject({ total: active.length });
    expect(uidsOf((await list({ isActive: true, ...page(2, 2) })).roles)).toEqual(active.slice(2, 4));
    expect(uidsOf((await list({ workspaceId, isActive: false })).roles)).toEqual([everything.roles[11]]);
  });

  it.each<[string, () => string[], (place: number) => boolean]>([
    ['one role', () => [`read:sso/role?uid=${everything.roles[3]}`], (place) => place === 3],
    ['a workspace', () => [`manage:*?workspace_id=${everything.workspaces[0]}`], (place) => (place + 1) % 3 === 0],
    [
      'a workspace and two roles',
      () => [
        `read:sso/role?workspace_id=${everything.workspaces[0]}`,
        ...[2, 3].map((place) => `read:sso/role?uid=${everything.roles[place]}`),
      ],
      (place) => place === 3 || (place + 1) % 3 === 0,
    ],
    ['a pattern', () => [`read:sso/role?uid=${everything.roles[6]?.slice(0, 9)}*`], (place) => place === 6],
    ['nobody', () => ['read:sso/role?owner_id=nobody'], () => false],
    ['the tenant', () => ['read:sso/role?tenant_id=main'], () => true],
  ])('shows who reaches %s just that', async (_what, scopes, reached) => {
    const { ask } = await holderOf(...scopes());
    const expected = everything.roles.filter((_, place) => reached(place));
    const shown = await list({}, ask);
    expect([uidsOf(shown.roles), shown.total]).toEqual([expected, expected.length]);
    const part = await list(page(1, 2), ask);
    expect([uidsOf(part.roles), part.total]).toEqual([expected.slice(1, 3), expected.length]);
  });

  it('is refused to who may read none', async () => {
    for (const scope of ['create:sso/user', 'read:sso/role?colour=red', 'read:sso/role?tenant_id=other']) {
      const { ask } = await holderOf(scope);
      expect(await running.queries.listRoles(whole, await ask())).toEqual(missing('read:sso/role'));
    }
  });
});

describe('a workspace', () => {
  it('is read by its members, by who holds the scope for it, and by nobody else', async () => {
    const [uid = '', other = ''] = everything.workspaces;
    const member = await holderOf();
    const reader = await holderOf(`read:sso/workspace?workspace_id=${uid}`);
    const ask = async (who: typeof member, id: string) => running.queries.getWorkspace({ uid: id }, await who.ask());
    expect(await ask(member, uid)).toEqual(missing('read:sso/workspace'));
    await access.join(member.uid, uid);
    expect(answered(await ask(member, uid))).toMatchObject({ uid, name: 'Team 1' });
    expect(answered(await ask(reader, uid))).toMatchObject({ uid, slug: expect.stringContaining('team-1') });
    for (const who of [member, reader]) {
      for (const id of [other, randomUUID()]) expect(await ask(who, id)).toEqual(missing('read:sso/workspace'));
    }
    await access.leave(member.uid, uid);
    expect(await ask(member, uid)).toEqual(missing('read:sso/workspace'));
    const unknown = await running.queries.getWorkspace({ uid: randomUUID() }, await asAdministrator());
    expect(unknown).toMatchObject({ error: { code: 'workspace.unknown' } });
  });
});

describe('the list of workspaces', () => {
  const list = async (request: object, ask: () => Promise<RequestContext> = asAdministrator) => {
    const { workspaces, total } = answered(await running.queries.listWorkspaces({ ...whole, ...request }, await ask()));
    return { uids: workspaces.map(({ uid }) => uid), total };
  };

  it('is in the order of their making, page by page, with the number of all', async () => {
    expect(await list({})).toEqual({ uids: everything.workspaces, total: 12 });
    expect(await list(page(10, 5))).toEqual({ uids: everything.workspaces.slice(10), total: 12 });
    expect(await list({ isActive: false })).toEqual({ uids: [everything.workspaces[4]], total: 1 });
  });

  it('shows who reaches one of them that one, and refuses who reaches none', async () => {
    const [, uid] = everything.workspaces;
    for (const id of [uid, `ws_${uid}`]) {
      const { ask } = await holderOf(`update:sso/workspace?workspace_id=${id}`);
      expect(await list({}, ask)).toEqual({ uids: [uid], total: 1 });
    }
    const nobody = await holderOf('read:sso/role');
    expect(await running.queries.listWorkspaces(whole, await nobody.ask())).toEqual(missing('read:sso/workspace'));
  });

  it('of one’s own are those that one has joined, in that order, without a scope', async () => {
    const { uid, ask } = await holderOf();
    const [first = '', second = '', third = ''] = everything.workspaces;
    const mine = (request = {}) => list({ mine: true, ...request }, ask);
    expect(await mine()).toEqual({ uids: [], total: 0 });
    for (const workspaceId of [second, third, first]) await access.join(uid, workspaceId);
    const { uid: passing } = await access.addWorkspace();
    await access.join(uid, passing);
    await access.join(uid, second, [everything.roles[0] ?? '']);
    expect(await mine(page(1, 2))).toEqual({ uids: [third, first], total: 4 });
    await access.removeWorkspace(passing);
    await access.leave(uid, third);
    expect(await mine()).toEqual({ uids: [second, first], total: 2 });
    expect(await mine({ isActive: false })).toEqual({ uids: [], total: 0 });
  });

  it('of an agent’s own is the one that it is in, also while that is not active', async () => {
    const { uid: workspaceId } = await access.addWorkspace();
    const machines = new MachinesOnLog(running.temporary.log);
    const agent = await machines.addAgent([], { workspaceId });
    const { key } = await machines.addKey({ kind: 'agent', id: agent.uid });
    const ask = async () => ({ ...(await asAdministrator()), credential: key });
    expect(await list({ mine: true }, ask)).toEqual({ uids: [workspaceId], total: 1 });
    await access.changeWorkspace(workspaceId, { isActive: false });
    expect(await list({ mine: true }, ask)).toEqual({ uids: [workspaceId], total: 1 });
    await access.removeWorkspace(workspaceId);
    expect(await list({ mine: true }, ask)).toEqual({ uids: [], total: 0 });
  });
});

describe('the members of a workspace', () => {
  it('are listed in the order of joining, with their roles that are still there', async () => {
    const { uid: workspaceId } = await access.addWorkspace();
    const roles = [await access.addRole({ name: 'Editor', slug: 'an-editor' }), await access.addRole({ slug: 'gone' })];
    const users = [await running.people.addUser(), await running.people.addUser(), await running.people.addUser()];
    for (const { uid } of users) await access.join(uid, workspaceId);
    const [first, second, third] = users.map(({ uid }) => uid);
    await running.people.changeUser(first ?? '', { type: 'change-user', name: 'Ada' });
    await access.join(
      first ?? '',
      workspaceId,
      roles.map(({ uid }) => uid),
    );
    await access.retireRole(roles[1]?.uid ?? '');
    await access.leave(second ?? '', workspaceId);
    const list = async (part = whole) =>
      answered(await running.queries.listMembers({ workspaceId, ...part }, await asAdministrator()));
    const { members, total } = await list();
    expect(total).toBe(2);
    expect(members[0]).toEqual({
      userId: first,
      workspaceId,
      name: 'Ada',
      avatarUrl: '',
      roles: ['an-editor'],
      roleIds: roles.map(({ uid }) => uid),
      joinedAt: expect.any(Number),
      updatedAt: expect.any(Number),
    });
    expect(members[1]).toMatchObject({ userId: third, roles: [] });
    expect((await list(page(1, 5))).members.map(({ userId }) => userId)).toEqual([third]);
    await running.people.changeUser(third ?? '', { type: 'remove-user' });
    expect((await list()).total).toBe(1);
  });

  it('are shown to who may read the workspace, as people to who may read them', async () => {
    const [{ uid: workspaceId }, { uid: other }] = [await access.addWorkspace(), await access.addWorkspace()];
    const users = [await running.people.addUser(), await running.people.addUser()];
    for (const { uid } of users) await access.join(uid, workspaceId);
    const { listMembers, listWorkspaceUsers } = running.queries;
    const reader = await holderOf(`read:sso/workspace?uid=${workspaceId}`, `read:sso/user?uid=${users[1]?.uid}`);
    const members = answered(await listMembers({ workspaceId, ...whole }, await reader.ask()));
    expect(members.total).toBe(2);
    const people = answered(await listWorkspaceUsers({ workspaceId, ...whole }, await reader.ask()));
    expect([people.people.map(({ uid }) => uid), people.total]).toEqual([[users[1]?.uid], 1]);
    const local = await holderOf(`read:*?workspace_id=${workspaceId}`);
    const all = answered(await listWorkspaceUsers({ workspaceId, ...page(1, 5) }, await local.ask()));
    expect([all.people.map(({ uid }) => uid), all.total]).toEqual([[users[1]?.uid], 2]);
    for (const uid of [other, randomUUID()]) {
      const asked = { workspaceId: uid, ...whole };
      expect(await listMembers(asked, await reader.ask())).toEqual(missing('read:sso/workspace'));
      expect(answered(await listWorkspaceUsers(asked, await reader.ask()))).toEqual({ people: [], total: 0 });
    }
    const nobody = await holderOf('read:sso/role');
    expect(await listMembers({ workspaceId, ...whole }, await nobody.ask())).toEqual(missing('read:sso/workspace'));
    expect(await listWorkspaceUsers({ workspaceId, ...whole }, await nobody.ask())).toEqual(missing('read:sso/user'));
    for (const query of [listMembers, listWorkspaceUsers]) {
      const reply = await query({ workspaceId: randomUUID(), ...whole }, await asAdministrator());
      expect(reply).toMatchObject({ error: { code: 'workspace.unknown' } });
    }
    const { people: shown } = answered(await listWorkspaceUsers({ workspaceId, ...whole }, await asAdministrator()));
    expect(shown[0]).toMatchObject({ uid: users[0]?.uid, workspaceIds: [workspaceId] });
  });
});
