import { randomUUID } from 'node:crypto';
import type { Reply, RequestContext } from '@evident/contracts';
import type { Principal } from '@evident/domain';
import { AccessOnLog, MachinesOnLog } from '@evident/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningProjection, runProjection } from '../running-projection.fixture.ts';

let running: RunningProjection;
let machines: MachinesOnLog;

beforeAll(async () => {
  running = await runProjection();
  machines = new MachinesOnLog(running.temporary.log);
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
const page = { skip: 0, limit: 100 };

/** Somebody who asks through a key of an agent with these scopes. */
async function machineWith(...scopes: string[]) {
  const { uid } = await machines.addAgent(scopes);
  const holder: Principal = { kind: 'agent', id: uid };
  const { key, position } = await machines.addKey(holder);
  const ask = (minPosition: string = position): RequestContext => ({
    ...running.asAdministrator(minPosition),
    credential: key,
  });
  return { uid, holder, key, ask };
}

describe('an agent', () => {
  it('is shown to who may read it, member by member', async () => {
    const createdBy: Principal = { kind: 'user', id: randomUUID() };
    const { uid, keyId, position } = await machines.addAgent(['read:sso/user'], { createdBy });
    const agent = answered(await running.queries.getAgent({ uid }, running.asAdministrator(position)));
    expect(agent).toEqual({
      uid,
      name: 'Robot',
      description: '',
      scopes: ['read:sso/user'],
      workspaceId: null,
      isActive: true,
      createdBy: `user:${createdBy.id}`,
      verifyKey: expect.stringContaining('BEGIN PUBLIC KEY'),
      keyId,
      createdAt: expect.any(Number),
      updatedAt: expect.any(Number),
      lastUsedAt: null,
    });
    const removed = await machines.onAgent(uid, 'agent.removed', { generation: 2 });
    expect(await running.queries.getAgent({ uid }, running.asAdministrator(removed))).toMatchObject({
      error: { code: 'agent.unknown' },
    });
  });

  it('may read itself, and nobody else without the scope, real or unknown', async () => {
    const { uid, ask } = await machineWith();
    expect(answered(await running.queries.getAgent({ uid }, ask())).uid).toBe(uid);
    const { uid: other } = await machines.addAgent([]);
    for (const one of [other, randomUUID()]) {
      expect(await running.queries.getAgent({ uid: one }, ask())).toMatchObject(missing('read:sso/agent'));
    }
    expect(await running.queries.listAgents(page, ask())).toMatchObject(missing('read:sso/agent'));
  });

  it('is listed with all others to who may read them all, in the order they were made', async () => {
    const { position, uid } = await machines.addAgent([]);
    const all = answered(await running.queries.listAgents(page, running.asAdministrator(position)));
    expect(all.agents.at(-1)?.uid).toBe(uid);
    expect(all.total).toBe(all.agents.length);
    expect(all.agents.map(({ createdAt }) => createdAt)).toEqual(
      all.agents.map(({ createdAt }) => createdAt).toSorted(),
    );
    const second = answered(await running.queries.listAgents({ skip: 1, limit: 2 }, running.asAdministrator(position)));
    expect(second).toEqual({ agents: all.agents.slice(1, 3), total: all.total });
  });

  it('is listed to who may read some only where it is one of them', async () => {
    const owner = randomUUID();
    const createdBy: Principal = { kind: 'user', id: owner };
    const made = [];
    for (let count = 0; count < 3; count++) made.push(await machines.addAgent([], { createdBy }));
    const { ask } = await machineWith(`read:sso/agent?owner_id=${owner}`);
    const shown = answered(await running.queries.listAgents({ skip: 1, limit: 1 }, ask()));
    expect(shown).toMatchObject({ agents: [{ uid: made[1]?.uid }], total: 3 });
    const { uid: other } = await machines.addAgent([]);
    for (const uid of [other, randomUUID()]) {
      expect(await running.queries.getAgent({ uid }, ask())).toMatchObject(missing('read:sso/agent'));
    }
  });
});

describe('an API key', () => {
  it('is shown with nothing of its secret, until it is revoked', async () => {
    const holder: Principal = { kind: 'user', id: running.administrator.uid };
    const more = { scopes: ['read:sso/user'], expiresAt: 4_000_000_000_000 };
    const { uid, key, position } = await machines.addKey(holder, more);
    const shown = answered(await running.queries.getApiKey({ uid }, running.asAdministrator(position)));
    expect(shown).toEqual({
      uid,
      name: 'key',
      holder: `user:${holder.id}`,
      issuedBy: `user:${holder.id}`,
      scopes: ['read:sso/user'],
      prefix: key.slice(0, 16),
      isActive: true,
      expiresAt: 4_000_000_000_000,
      revokedAt: null,
      createdAt: expect.any(Number),
      updatedAt: expect.any(Number),
    });
    const expired = await machines.addKey(holder, { expiresAt: 1 });
    const late = await running.queries.getApiKey({ uid: expired.uid }, running.asAdministrator(expired.position));
    expect(answered(late).isActive).toBe(false);
    const revoked = await machines.onKey(uid, 'apikey.revoked', { revokedAt: 7 });
    expect(await running.queries.getApiKey({ uid }, running.asAdministrator(revoked))).toMatchObject({
      error: { code: 'apikey.unknown' },
    });
  });

  it('is active as long as its holder may act, and loses its name with the person who held it', async () => {
    const { people, temporary } = running;
    const { uid: id } = await people.addUser();
    const { uid } = await machines.addKey({ kind: 'user', id }, { name: 'of my own laptop' });
    const shownAt = async (position: string) => {
      const context = running.asAdministrator(position);
      const shown = answered(await running.queries.getApiKey({ uid }, context));
      const listed = answered(await running.queries.listApiKeys({ skip: 0, limit: 1_000 }, context));
      expect(listed.apiKeys.find((each) => each.uid === uid)).toEqual(shown);
      return { name: shown.name, isActive: shown.isActive };
    };
    const deactivated = await people.changeUser(id, { type: 'change-user', isActive: false });
    expect(await shownAt(deactivated)).toEqual({ name: 'of my own laptop', isActive: false });
    const reactivated = await people.changeUser(id, { type: 'change-user', isActive: true });
    expect(await shownAt(reactivated)).toEqual({ name: 'of my own laptop', isActive: true });
    await temporary.log.personKeys.erase(id);
    const erased = await people.changeUser(id, { type: 'erase-user', identifiers: 'kept' });
    expect(await shownAt(erased)).toEqual({ name: 'erased', isActive: false });

    const agent = await machines.addAgent([]);
    const { uid: ofAgent } = await machines.addKey({ kind: 'agent', id: agent.uid });
    const removed = await machines.onAgent(agent.uid, 'agent.removed', { generation: 2 });
    const left = answered(await running.queries.getApiKey({ uid: ofAgent }, running.asAdministrator(removed)));
    expect(left).toMatchObject({ name: 'key', isActive: false });
  });

  it('is listed to who holds it and to who issued it, without a scope, and is unknown to a stranger', async () => {
    const [holder, issuer, stranger] = [await machineWith(), await machineWith(), await machineWith()];
    const held = await machines.addKey(holder.holder, { issuedBy: issuer.holder });
    const uidsFor = async ({ ask }: typeof holder) => {
      const { apiKeys, total } = answered(await running.queries.listApiKeys(page, ask(held.position)));
      expect(total).toBe(apiKeys.length);
      return apiKeys.map(({ uid }) => uid);
    };
    expect(await uidsFor(holder)).toEqual([expect.any(String), held.uid]);
    expect(await uidsFor(issuer)).toEqual([expect.any(String), held.uid]);
    expect(await uidsFor(stranger)).toEqual([expect.not.stringMatching(held.uid)]);
    const asked = async ({ ask }: typeof holder, uid: string) => {
      const reply = await running.queries.getApiKey({ uid }, ask(held.position));
      return reply.ok ? 'ok' : reply.error.code;
    };
    expect([await asked(holder, held.uid), await asked(issuer, held.uid)]).toEqual(['ok', 'ok']);
    expect([await asked(stranger, held.uid), await asked(stranger, randomUUID())]).toEqual([
      'apikey.unknown',
      'apikey.unknown',
    ]);
  });

  it('that carries less than its holder sees itself alone', async () => {
    const { holder } = await machineWith();
    const narrow = await machines.addKey(holder, { scopes: ['read:sso/user'] });
    const ask = { ...running.asAdministrator(narrow.position), credential: narrow.key };
    const { apiKeys } = answered(await running.queries.listApiKeys(page, ask));
    expect(apiKeys.map(({ uid }) => uid)).toEqual([narrow.uid]);
  });

  it('of one agent is listed to who may read it', async () => {
    const { uid: agentId, key } = await machineWith();
    const position = running.temporary.log.store.lastPosition();
    const all = answered(
      await running.queries.listApiKeys({ ...page, agentId }, running.asAdministrator(await position)),
    );
    expect(all).toMatchObject({ apiKeys: [{ holder: `service:${agentId}`, prefix: key.slice(0, 16) }], total: 1 });
    const { ask } = await machineWith();
    expect(answered(await running.queries.listApiKeys({ ...page, agentId }, ask())).total).toBe(0);
    const whole = answered(await running.queries.listApiKeys(page, running.asAdministrator()));
    expect(whole.total).toBeGreaterThan(3);
  });
});

describe('a key that is to be verified', () => {
  const verify = (key: string) => running.queries.verifyApiKey({ key }, running.asAdministrator());

  it('says whose it is and what it may do now, without a credential', async () => {
    const { uid, key } = await machineWith('read:sso/user', 'update:sso/role');
    const { credential: _, ...context } = running.asAdministrator();
    expect(answered(await running.queries.verifyApiKey({ key }, context))).toEqual({
      keyId: expect.any(String),
      holder: `service:${uid}`,
      scopes: ['read:sso/user', 'update:sso/role'],
      roles: [],
      workspaceIds: [],
      expiresAt: null,
    });
    const narrow = await machines.addKey({ kind: 'agent', id: uid }, { scopes: ['manage:sso/role', 'read:sso/app'] });
    expect(answered(await verify(narrow.key)).scopes).toEqual(['update:sso/role']);
    const person = await machines.addKey({ kind: 'user', id: running.administrator.uid });
    expect(answered(await verify(person.key))).toMatchObject({
      holder: `user:${running.administrator.uid}`,
      scopes: ['*:*'],
    });
  });

  it('carries the names of its holder’s roles where it carries all that they have, and no name where it has less', async () => {
    const access = new AccessOnLog(running.temporary.log);
    const [role, { uid }] = [
      await access.addRole({ name: 'Superuser', slug: 'superuser' }),
      await running.people.addUser(),
    ];
    await running.people.changeUser(uid, { type: 'change-user', roleIds: [role.uid] });
    const [all, narrow] = [
      await machines.addKey({ kind: 'user', id: uid }),
      await machines.addKey({ kind: 'user', id: uid }, { scopes: ['read:x'] }),
    ];
    expect(answered(await verify(all.key)).roles).toEqual(['superuser']);
    expect(answered(await verify(narrow.key)).roles).toEqual([]);
  });

  it('names the workspaces of its holder that are active, of a user, of an administrator and of an agent alike', async () => {
    const access = new AccessOnLog(running.temporary.log);
    const { uid: workspaceId } = await access.addWorkspace();
    const [user, administrator] = [await running.people.addUser(), await running.people.addUser({ isAdmin: true })];
    for (const { uid } of [user, administrator]) await access.join(uid, workspaceId);
    const agent = await machines.addAgent([], { workspaceId });
    const keys = [
      await machines.addKey({ kind: 'user', id: user.uid }),
      await machines.addKey({ kind: 'user', id: administrator.uid }),
      await machines.addKey({ kind: 'agent', id: agent.uid }),
    ];
    const named = () => Promise.all(keys.map(async ({ key }) => answered(await verify(key)).workspaceIds));
    expect(await named()).toEqual([[workspaceId], [workspaceId], [workspaceId]]);
    await access.changeWorkspace(workspaceId, { isActive: false });
    expect(await named()).toEqual([[], [], []]);
    await access.changeWorkspace(workspaceId, { isActive: true });
    await access.removeWorkspace(workspaceId);
    expect(await named()).toEqual([[], [], []]);
  });

  it('is refused from the moment it or its holder ends, however late the rows are', async () => {
    const { uid, key } = await machineWith();
    const own = await machines.addKey({ kind: 'agent', id: uid });
    await running.stop();
    await machines.onKey(own.uid, 'apikey.revoked', { revokedAt: 1 });
    const bad = { ok: false, error: { code: 'caller.bad-credential' } };
    expect(await verify(own.key)).toMatchObject(bad);
    expect(await verify(key)).toMatchObject({ ok: true });
    await machines.onAgent(uid, 'agent.deactivated', { generation: 2 });
    expect(await verify(key)).toMatchObject(bad);
    for (const text of ['', 'usso_sk_x', 'a.b.c']) expect(await verify(text)).toMatchObject(bad);
    await running.restart();
  });
});
