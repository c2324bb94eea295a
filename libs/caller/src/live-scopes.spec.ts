import type { States } from '@evident/log';
import {
  AccessOnLog,
  type AccessTokens,
  createAccessTokens,
  manualClock,
  openTemporaryLog,
  PeopleOnLog,
  type TemporaryLog,
} from '@evident/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CallerCheck, createCallerCheck } from './index.ts';

const clock = manualClock();
let temporary: TemporaryLog;
let tokens: AccessTokens;
let people: PeopleOnLog;
let access: AccessOnLog;
let callers: CallerCheck;
/** Streams whose ends were asked for. */
let looked: string[] = [];

beforeAll(async () => {
  temporary = await openTemporaryLog({ now: clock });
  const { log, config } = temporary;
  tokens = await createAccessTokens(log, config, clock);
  people = new PeopleOnLog(log, clock);
  access = new AccessOnLog(log, clock);
  const audiences = [config.publicUrl, config.tokens.audience];
  callers = createCallerCheck({
    log: { ...log, states: watched(log.states) },
    issuer: config.publicUrl,
    audiences,
    now: clock,
  });
});
afterAll(() => temporary.remove());

function watched(states: States): States {
  const watch = ([name, one]: [string, States[keyof States]]) => [
    name,
    {
      load: (stream: string) => {
        looked.push(stream.split('-')[0] ?? '');
        return one.load(stream);
      },
    },
  ];
  return Object.fromEntries(
    (Object.entries(states) as [string, States[keyof States]][]).map(watch),
  ) as unknown as States;
}

async function callerWith(token: string) {
  looked = [];
  const outcome = await callers.check(token);
  if (!outcome.ok) throw new Error(outcome.error.code);
  return { ...outcome.caller, looked };
}
const always = ['signingkeys', 'session', 'user'];

describe('a caller', () => {
  it('who is an administrator, or holds no role, costs no look at one', async () => {
    const administrator = await people.addUser({ isAdmin: true });
    const { uid: roleId } = await access.addRole({ scopes: ['read:x'] });
    const { uid: workspaceId } = await access.addWorkspace();
    await access.grant(administrator.uid, { roleIds: [roleId] });
    await access.join(administrator.uid, workspaceId, [roleId]);
    expect(await callerWith(await tokens.issue(administrator.uid))).toMatchObject({
      ...{ scopes: ['*:*'], workspaceIds: [workspaceId], looked: always },
    });
    const nobody = await people.addUser();
    expect(await callerWith(await tokens.issue(nobody.uid))).toMatchObject({ scopes: [], looked: always });
    await access.grant(nobody.uid, { scopes: ['read:y'] });
    expect(await callerWith(await tokens.issue(nobody.uid))).toMatchObject({ scopes: ['read:y'], looked: always });
  });

  it('has the scopes that hold now, at one look at each role and workspace', async () => {
    const user = await people.addUser();
    const [first, second] = [
      await access.addRole({ scopes: ['read:x'] }),
      await access.addRole({ scopes: ['read:y'] }),
    ];
    const { uid: workspaceId } = await access.addWorkspace();
    await access.grant(user.uid, { roleIds: [first.uid] });
    await access.join(user.uid, workspaceId, [first.uid, second.uid]);
    const token = await tokens.issue(user.uid);
    const there = (scope: string) => `${scope}?workspace_id=${workspaceId}`;
    const before = await callerWith(token);
    expect(before).toMatchObject({
      scopes: ['read:x', there('read:x'), there('read:y')],
      workspaceIds: [workspaceId],
      looked: [...always, 'role', 'role', 'workspace'],
    });
    expect((await callerWith(token)).scopes).toBe(before.scopes);
    await access.changeRole(first.uid, { scopes: ['read:z'] });
    expect((await callerWith(token)).scopes).toEqual(['read:z', there('read:z'), there('read:y')]);
    await access.changeWorkspace(workspaceId, { isActive: false });
    expect(await callerWith(token)).toMatchObject({ scopes: ['read:z'], workspaceIds: [] });
    await access.changeWorkspace(workspaceId, { isActive: true });
    await access.retireRole(second.uid);
    expect((await callerWith(token)).scopes).toEqual(['read:z', there('read:z')]);
    await access.changeWorkspace(workspaceId, { isActive: false });
    expect(await callerWith(token)).toMatchObject({ scopes: ['read:z'], workspaceIds: [] });
    await access.grant(user.uid, { roleIds: [] });
    expect((await callerWith(token)).scopes).toEqual([]);
  });
});
