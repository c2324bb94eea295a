import { randomUUID } from 'node:crypto';
import { streams } from '@evident/domain';
import {
  AccessOnLog,
  type AccessTokens,
  createAccessTokens,
  MachinesOnLog,
  manualClock,
  openTemporaryLog,
  PeopleOnLog,
  type TemporaryLog,
} from '@evident/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CallerCheck, createCallerCheck, permit } from './index.ts';

const clock = manualClock();
let temporary: TemporaryLog;
let tokens: AccessTokens;
let people: PeopleOnLog;
let machines: MachinesOnLog;
let callers: CallerCheck;
let userId: string;
let agentId: string;

beforeEach(async () => {
  temporary = await openTemporaryLog({ now: clock });
  const { log, config } = temporary;
  tokens = await createAccessTokens(log, config, clock);
  people = new PeopleOnLog(log, clock);
  machines = new MachinesOnLog(log, clock);
  const { publicUrl: issuer } = config;
  callers = createCallerCheck({ log, issuer, audiences: [issuer, config.tokens.audience], now: clock });
  userId = (await people.addUser({ isAdmin: true })).uid;
  agentId = (await machines.addAgent(['read:sso/user', 'update:sso/role'])).uid;
});
afterEach(() => temporary.remove());

const addKey = (...request: Parameters<MachinesOnLog['addKey']>) => machines.addKey(...request);
const agentToken = (claims = {}) =>
  tokens.issue(randomUUID(), {
    sub: `service:${agentId}`,
    gen: 1,
    scopes: ['read:sso/user', 'update:sso/role'],
    ...claims,
  });
const onAgent = (type: string, data: object) => machines.onAgent(agentId, type, data);
const checked = async (credential: string) => {
  const outcome = await callers.check(credential);
  if (!outcome.ok) throw new Error(outcome.error.code);
  return outcome.caller;
};
const codeOf = async (credential: string) => {
  const outcome = await callers.check(credential);
  return outcome.ok ? 'ok' : outcome.error.code;
};
const may = async (credential: string, scope: string) => permit(await checked(credential), scope) === undefined;

describe('an API key', () => {
  it('acts for its holder, under a name of its own', async () => {
    const { uid, key } = await addKey({ kind: 'user', id: userId });
    expect(await checked(key)).toMatchObject({
      actor: `apikey:${uid}`,
      onBehalfOf: `user:${userId}`,
      holder: { kind: 'user', id: userId },
      tenant: 'main',
      isAdmin: true,
      isOwner: false,
      scopes: ['*:*'],
      generation: 1,
      audience: '',
    });
    const ofAgent = await addKey({ kind: 'agent', id: agentId });
    expect(await checked(ofAgent.key)).toMatchObject({ onBehalfOf: `service:${agentId}`, isAdmin: false });
  });

  it('without scopes of its own does what its holder may do now', async () => {
    const { key } = await addKey({ kind: 'agent', id: agentId });
    expect([await may(key, 'update:sso/role'), await may(key, 'update:sso/user')]).toEqual([true, false]);
    const changed = { name: 'Robot', description: '', scopes: ['update:sso/user'], generation: 2 };
    await onAgent('agent.changed', changed);
    expect([await may(key, 'update:sso/role'), await may(key, 'update:sso/user')]).toEqual([false, true]);
  });

  it('with scopes does what both it and its holder may do, and is no administrator', async () => {
    const holder = { kind: 'user', id: userId } as const;
    const { key } = await addKey(holder, { scopes: ['manage:sso/role'] });
    expect([await may(key, 'delete:sso/role'), await may(key, 'read:sso/user')]).toEqual([true, false]);
    expect(await checked(key)).toMatchObject({ isAdmin: false, isOwner: false });
    await people.append(streams.user('main', userId), [{ type: 'user.admin-revoked', data: { generation: 2 } }]);
    expect(await may(key, 'read:sso/role')).toBe(false);
  });

  it('of the owner is the owner only where it has all that its holder has', async () => {
    const holder = { kind: 'user', id: userId } as const;
    await people.append(streams.user('main', userId), [{ type: 'user.ownership-granted', data: {} }]);
    expect(await checked((await addKey(holder)).key)).toMatchObject({ isAdmin: true, isOwner: true });
    const narrow = await addKey(holder, { scopes: ['*:*'] });
    expect(await checked(narrow.key)).toMatchObject({ isAdmin: false, isOwner: false });
  });

  it('is in the workspace of the agent that holds it while that is active', async () => {
    const access = new AccessOnLog(temporary.log, clock);
    const { uid: workspaceId } = await access.addWorkspace();
    const { uid } = await machines.addAgent([], { workspaceId });
    const { key } = await addKey({ kind: 'agent', id: uid });
    expect(await checked(key)).toMatchObject({ isOwner: false, workspaceIds: [workspaceId] });
    await access.changeWorkspace(workspaceId, { isActive: false });
    expect((await checked(key)).workspaceIds).toEqual([]);
  });

  it('outlives the sessions of its holder, and not the holder', async () => {
    const { key } = await addKey({ kind: 'user', id: userId });
    const onUser = (type: string, data: object) => people.append(streams.user('main', userId), [{ type, data }]);
    await onUser('user.sessions-ended', { generation: 2 });
    expect(await codeOf(key)).toBe('ok');
    await onUser('user.deactivated', { generation: 3 });
    expect(await codeOf(key)).toBe('caller.bad-credential');
    await onUser('user.reactivated', {});
    expect(await codeOf(key)).toBe('ok');
    await onUser('user.removed', { generation: 4, wasActive: true });
    expect(await codeOf(key)).toBe('caller.bad-credential');
  });

  it.each([
    ['switched off', 'agent.deactivated'],
    ['removed', 'agent.removed'],
  ])('of an agent that was %s counts no more', async (_how, type) => {
    const { key } = await addKey({ kind: 'agent', id: agentId });
    await onAgent(type, { generation: 2 });
    expect(await codeOf(key)).toBe('caller.bad-credential');
  });

  it('ends at the next use after it was revoked, and when it expires', async () => {
    const [first, second] = [
      await addKey({ kind: 'agent', id: agentId }),
      await addKey({ kind: 'agent', id: agentId }, { expiresAt: clock() + 1_000 }),
    ];
    expect([await codeOf(first.key), await codeOf(second.key)]).toEqual(['ok', 'ok']);
    const revokedAt = clock();
    await machines.onKey(first.uid, 'apikey.revoked', { revokedAt });
    expect(await codeOf(first.key)).toBe('caller.bad-credential');
    clock.advance(1_000);
    expect(await codeOf(second.key)).toBe('caller.bad-credential');
  });

  it('is refused where it differs in anything, or names a key that there is not', async () => {
    const { key } = await addKey({ kind: 'agent', id: agentId });
    const bytes = Buffer.from(key.slice('usso_sk_'.length), 'base64url');
    const changed = (at: number) => {
      const other = Buffer.from(bytes);
      other.writeUInt8(other.readUInt8(at) ^ 1, at);
      return `usso_sk_${other.toString('base64url')}`;
    };
    for (const text of [
      changed(0),
      changed(16),
      changed(47),
      `${key} `,
      key.slice(0, -1),
      'usso_sk_',
      key.toUpperCase(),
    ]) {
      expect(await codeOf(text), text).toBe('caller.bad-credential');
    }
  });
});

describe('a token of an agent', () => {
  it('acts for the agent, without a session', async () => {
    const caller = await checked(await agentToken());
    expect(caller).toMatchObject({
      actor: `service:${agentId}`,
      holder: { kind: 'agent', id: agentId },
      isAdmin: false,
      scopes: ['read:sso/user', 'update:sso/role'],
      generation: 1,
    });
    expect(caller.bounds).toBeUndefined();
  });

  it('that was asked for with less than the agent holds does no more than was asked', async () => {
    const token = await agentToken({ scopes: ['read:sso/user'] });
    expect([await may(token, 'read:sso/user'), await may(token, 'update:sso/role')]).toEqual([true, false]);
    const beyond = await agentToken({ scopes: ['read:sso/user', 'delete:sso/user'] });
    expect([await may(beyond, 'read:sso/user'), await may(beyond, 'delete:sso/user')]).toEqual([true, false]);
  });

  it.each([
    ['gets another key', 'agent.key-replaced', { verifyKey: 'PEM', keyId: 'b'.repeat(64), generation: 2 }],
    ['loses a scope', 'agent.changed', { name: 'Robot', description: '', scopes: [], generation: 2 }],
    ['is switched off', 'agent.deactivated', { generation: 2 }],
    ['is removed', 'agent.removed', { generation: 2 }],
  ])('ends when the agent %s', async (_change, type, data) => {
    const token = await agentToken();
    expect(await codeOf(token)).toBe('ok');
    await onAgent(type, data);
    expect(await codeOf(token)).toBe('caller.bad-credential');
  });

  it('is refused for an agent that there is not, and says so where it was made for another app', async () => {
    expect(await codeOf(await agentToken({ sub: `service:${randomUUID()}` }))).toBe('caller.bad-credential');
    expect(await codeOf(await agentToken({ sub: `service:${userId}` }))).toBe('caller.bad-credential');
    expect(await codeOf(await agentToken({ aud: 'another-app' }))).toBe('caller.foreign-audience');
  });
});
