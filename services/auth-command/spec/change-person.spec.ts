import { randomUUID } from 'node:crypto';
import type { PersonObject, RequestContext } from '@evident/contracts';
import { streams } from '@evident/domain';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codeOf, type Fixture, registerOn, valueIn } from './fixture.ts';
import { again, asPerson, openRegistration, personOn, stateOf, uniqueName } from './people-fixture.ts';

let fixture: Fixture;
let serial = 0;

beforeAll(async () => {
  fixture = await openRegistration();
});
afterAll(() => fixture.remove());

type Change = Omit<Parameters<Fixture['service']['changePerson']>[0], 'uid'>;
const change = ({ uid }: PersonObject, members: Change, context = fixture.asAdmin()) =>
  fixture.service.changePerson({ uid, ...members }, context);
const roleWith = async (...scopes: string[]) =>
  valueIn(await fixture.service.createRole({ name: `Role ${++serial}`, scopes }, fixture.asAdmin()));
const workspace = async () =>
  valueIn(await fixture.service.createWorkspace({ name: `Team ${++serial}` }, fixture.asAdmin()));
/** Somebody who holds these scopes, and a request of theirs. */
async function holderOf(...scopes: string[]): Promise<{ person: PersonObject; context: RequestContext }> {
  const person = await personOn(fixture, { scopes });
  return { person, context: await asPerson(fixture, person.uid) };
}

describe('a changed person', () => {
  it('is answered as their own events have it, and each member that is left out stays', async () => {
    const person = await personOn(fixture, { name: 'Ada' });
    const members = { avatarUrl: 'https://example.com/a.png', customClaims: { team: 'one' }, isLimited: true };
    const changed = valueIn(await change(person, members));
    expect(changed).toEqual({ ...person, ...members, updatedAt: changed.updatedAt });
    expect(valueIn(await change(person, { name: '' }))).toMatchObject({ name: '', isLimited: true });
  });

  it.each<[string, Change, object]>([
    ['a URL of another scheme', { avatarUrl: 'javascript:alert(1)' }, { field: 'avatar_url' }],
    ['activity that contradicts the status', { isActive: true, status: 'banned' }, { field: 'activation_status' }],
    ['claims that are too long', { customClaims: { a: 'x'.repeat(17_000) } }, { field: 'custom_claims' }],
    ['claims that hold a NUL', { customClaims: { a: '\0' } }, { field: 'custom_claims' }],
    ['claims that hold a lone surrogate', { customClaims: { a: ['\ud800'] } }, { field: 'custom_claims' }],
    ['claims of which a name holds one', { customClaims: { a: { 'b\udc00': 1 } } }, { field: 'custom_claims' }],
  ])('is not changed at all by %s', async (_what, members, details) => {
    const person = await personOn(fixture);
    const reply = await change(person, { name: 'Other', ...members });
    expect(reply).toMatchObject({ error: { code: 'request.invalid', details } });
    expect((await stateOf(fixture, person.uid)).name).toBe('');
  });

  it('keeps claims that only speak of a NUL', async () => {
    const customClaims = { pattern: '\\u0000' };
    const person = await personOn(fixture);
    expect(valueIn(await change(person, { customClaims }))).toMatchObject({ customClaims });
  });

  it('of whom there is none is unknown to who may change all, and refused to others', async () => {
    const nobody = { uid: randomUUID() } as PersonObject;
    expect(codeOf(await change(nobody, { name: 'x' }))).toBe('user.unknown');
    const { context } = await holderOf('read:sso/user');
    for (const uid of [nobody.uid, (await personOn(fixture)).uid]) {
      expect(await fixture.service.changePerson({ uid, name: 'x' }, again(context))).toMatchObject({
        error: { code: 'caller.not-permitted', details: { missing: 'update:sso/user' } },
      });
    }
  });
});

describe('roles and scopes', () => {
  it('are assigned together in one append, and end no session', async () => {
    const [role, team, person] = [await roleWith('read:x'), await workspace(), await personOn(fixture)];
    const before = (await fixture.read(streams.user('main', person.uid))).length;
    const changed = valueIn(
      await change(person, { roles: [role.slug], scopes: ['read:y'], workspaceRoles: { [team.uid]: [role.uid] } }),
    );
    expect(changed).toMatchObject({ roles: [role.slug], scopes: ['read:y'], workspaceIds: [team.uid] });
    expect(changed.workspaceRoles).toEqual({ [team.uid]: [role.slug] });
    const events = (await fixture.read(streams.user('main', person.uid))).slice(before);
    expect(new Set(events.map(({ stored }) => stored.metadata.commandId)).size).toBe(1);
    expect((await stateOf(fixture, person.uid)).generation).toBe(1);
  });

  it('are refused all together where one of them is not there', async () => {
    const [role, person] = [await roleWith(), await personOn(fixture)];
    expect(codeOf(await change(person, { roles: [role.slug, 'no-such-role'] }))).toBe('grant.invalid');
    expect(codeOf(await change(person, { roles: [role.slug], scopes: ['read:x:y?z'] }))).not.toBe('ok');
    expect((await stateOf(fixture, person.uid)).roleIds).toEqual([]);
  });

  it('are refused by the member that names too many roles', async () => {
    const [person, team, other] = [await personOn(fixture), await workspace(), await workspace()];
    const names = (count: number) => Array.from({ length: count }, (_, place) => `Nobody's ${place} of ${count}`);
    const workspaceRoles = { [team.uid]: names(256), [other.uid]: names(255) };
    expect(await change(person, { workspaceRoles })).toMatchObject({ error: { details: { unknown: names(256)[0] } } });
    expect(await change(person, { workspaceRoles, roles: names(2) })).toMatchObject({
      error: {
        code: 'grant.invalid',
        details: { field: 'workspace_roles', reason: expect.stringContaining('more than 512 roles') },
      },
    });
  });

  it('are handed on only by who holds them, roles and workspaces too', async () => {
    const { context } = await holderOf('update:sso/user', 'create:sso/user', 'read:x');
    const [held, beyond, team] = [await roleWith('read:x'), await roleWith('read:x', 'delete:x'), await workspace()];
    const person = await personOn(fixture);
    const asHolder = (members: Change) => change(person, members, again(context));
    expect(codeOf(await asHolder({ roles: [held.slug], scopes: ['read:x'] }))).toBe('ok');
    for (const members of [{ roles: [beyond.slug] }, { scopes: ['delete:x'] }, { scopes: ['*:*'] }]) {
      expect(await asHolder(members)).toMatchObject({ error: { code: 'caller.not-permitted' } });
    }
    expect(await asHolder({ workspaceIds: [team.uid] })).toMatchObject({
      error: { details: { missing: 'update:sso/workspace' } },
    });
    const made = { identifier: uniqueName(), roles: [beyond.slug] };
    expect(codeOf(await fixture.service.createPerson(made, again(context)))).toBe('caller.not-permitted');
    // What was there before is not handed on by whoever changes something else.
    valueIn(await change(person, { roles: [held.slug, beyond.slug] }));
    expect(codeOf(await asHolder({ roles: [held.slug, beyond.slug], name: 'Same' }))).toBe('ok');
  });

  it('that are given between the look and the decision are not judged unseen: the request may be sent again', async () => {
    const [held, late] = [await roleWith('read:x'), await roleWith('read:x')];
    const person = await personOn(fixture, { roles: [held.slug] });
    const { context } = await holderOf('update:sso/user', 'read:x');
    const stream = streams.user('main', person.uid);
    const giveMeanwhile = () => {
      fixture.appends.before = async (written) => {
        if (written !== stream) return;
        fixture.appends.before = undefined;
        await fixture.append(stream, { type: 'user.role-granted', data: { roleId: late.uid } });
      };
    };
    giveMeanwhile();
    const request = { ...again(context), idempotencyKey: 'take-all-roles' };
    expect(codeOf(await change(person, { roles: [] }, request))).toBe('write.contended');
    expect((await stateOf(fixture, person.uid)).roleIds).toEqual([held.uid, late.uid]);
    expect(codeOf(await change(person, { roles: [] }, request))).toBe('ok');
    expect((await stateOf(fixture, person.uid)).roleIds).toEqual([]);
    giveMeanwhile();
    valueIn(await change(person, { roles: [held.slug] }));
    expect((await stateOf(fixture, person.uid)).roleIds).toEqual([held.uid]);
  });

  it('let people be made in one’s own workspace and nowhere else', async () => {
    const [team, elsewhere] = [await workspace(), await workspace()];
    const { context } = await holderOf(
      `create:sso/user?workspace_id=${team.uid}`,
      `update:sso/workspace?workspace_id=${team.uid}`,
    );
    const create = (...workspaceIds: string[]) =>
      fixture.service.createPerson({ identifier: uniqueName(), workspaceIds }, again(context));
    expect(valueIn(await create(team.uid)).workspaceIds).toEqual([team.uid]);
    expect(codeOf(await create())).toBe('caller.not-permitted');
    expect(codeOf(await create(elsewhere.uid))).toBe('caller.not-permitted');
    expect(await create(team.uid, elsewhere.uid)).toMatchObject({
      error: { details: { missing: 'update:sso/workspace' } },
    });
  });

  it('are given to nobody beyond a narrowed scope', async () => {
    const [team, elsewhere] = [await workspace(), await workspace()];
    const { context } = await holderOf(`update:sso/user?workspace_id=${team.uid}`);
    const [inside, outside] = [
      await personOn(fixture, { workspaceIds: [team.uid] }),
      await personOn(fixture, { workspaceIds: [elsewhere.uid] }),
    ];
    expect(codeOf(await change(inside, { name: 'In' }, again(context)))).toBe('ok');
    expect(codeOf(await change(outside, { name: 'Out' }, again(context)))).toBe('caller.not-permitted');
  });

  it('that are names alone are given by who has the say over all users, and in a workspace by who has it over that', async () => {
    const [team, bare] = [await workspace(), await roleWith()];
    const ofTeam = valueIn(
      await fixture.service.createRole(
        { name: `Role ${++serial}`, scopes: [], workspaceId: team.uid },
        fixture.asAdmin(),
      ),
    );
    const narrowed = [`update:sso/user?workspace_id=${team.uid}`, `update:sso/workspace?workspace_id=${team.uid}`];
    const [within, overAll] = [await holderOf(...narrowed), await holderOf('update:sso/user')];
    const member = await personOn(fixture, { workspaceIds: [team.uid] });
    expect(await change(member, { roles: [bare.slug] }, again(within.context))).toMatchObject({
      error: { code: 'caller.not-permitted', details: { missing: 'update:sso/user' } },
    });
    const there = { workspaceRoles: { [team.uid]: [ofTeam.slug, bare.slug] } };
    expect(codeOf(await change(member, there, again(within.context)))).toBe('ok');
    expect(codeOf(await change(member, { roles: [bare.slug] }, again(overAll.context)))).toBe('ok');
    expect(codeOf(await change(member, { roles: [bare.slug] }, again(within.context)))).toBe('ok');
  });

  it('in a workspace are changed, and ended with it, only by who may change that workspace', async () => {
    const [team, elsewhere, role] = [await workspace(), await workspace(), await roleWith()];
    const rolesBefore = { [team.uid]: [role.slug], [elsewhere.uid]: [role.slug] };
    const member = await personOn(fixture, { workspaceRoles: rolesBefore });
    const narrowed = [`update:sso/user?workspace_id=${team.uid}`, `update:sso/workspace?workspace_id=${team.uid}`];
    const { context } = await holderOf(...narrowed);
    const byHolder = (members: Change) => change(member, members, again(context));
    for (const members of [
      { workspaceIds: [team.uid] },
      { workspaceRoles: { [team.uid]: [role.slug] } },
      { workspaceRoles: { ...rolesBefore, [elsewhere.uid]: [] } },
    ]) {
      expect(await byHolder(members)).toMatchObject({ error: { details: { missing: 'update:sso/workspace' } } });
    }
    expect(valueIn(await byHolder({ name: 'x' })).workspaceRoles).toEqual(rolesBefore);
    const changed = valueIn(await byHolder({ workspaceRoles: { ...rolesBefore, [team.uid]: [] } }));
    expect(changed.workspaceRoles).toEqual({ [team.uid]: [], [elsewhere.uid]: [role.slug] });
    expect(valueIn(await byHolder({ workspaceIds: [elsewhere.uid] })).workspaceIds).toEqual([elsewhere.uid]);
  });
});

describe('power over others', () => {
  it('is not had over who holds more: not disabled, removed, given a password or an address', async () => {
    const verbs = ['create', 'update', 'delete'];
    const { context } = await holderOf(
      ...verbs.flatMap((verb) => ['user', 'identifier', 'credential'].map((of) => `${verb}:sso/${of}`)),
    );
    const boss = await registerOn(fixture, uniqueName());
    valueIn(await fixture.service.changeUser({ id: boss.number, isAdmin: true }, fixture.asAdmin()));
    const { uid, number: id } = boss;
    const { service } = fixture;
    const secret = 'another good one';
    const attempts = [
      () => service.changePerson({ uid, isActive: false }, again(context)),
      () => service.changePerson({ uid, status: 'banned' }, again(context)),
      () => service.removePerson({ uid }, again(context)),
      () => service.addCredential({ userId: uid, method: 'password', secret }, again(context)),
      () => service.addIdentifier({ userId: uid, identifier: uniqueName() }, again(context)),
      () => service.changeUser({ id, password: secret }, again(context)),
      () => service.changeUser({ id, email: `${uniqueName()}@example.com` }, again(context)),
      () => service.removeUser({ id }, again(context)),
    ];
    for (const attempt of attempts) expect(codeOf(await attempt())).toBe('caller.not-permitted');
    const plain = await registerOn(fixture, uniqueName());
    const raise = await service.changeUser({ id: plain.number, isAdmin: true }, again(context));
    expect(codeOf(raise)).toBe('caller.not-permitted');
    const made = { username: uniqueName(), email: `${uniqueName()}@example.com`, password: secret, isAdmin: true };
    expect(codeOf(await service.registerUser(made, again(context)))).toBe('caller.not-permitted');
    expect(codeOf(await service.changeUser({ id: plain.number, isActive: false }, again(context)))).toBe('ok');
  });

  it('never ends with the last active administrator', async () => {
    const only = await openRegistration();
    const admin = only.asAdmin();
    const wanted = { username: 'boss', email: 'boss@example.com', password: 'a good password', isAdmin: true };
    const { uid } = valueIn(await only.service.registerUser(wanted, admin));
    const state = (await only.temporary.log.states.roster.load(streams.roster('main'))).state;
    const first = [...state.administrators.keys()].find((userId) => userId !== uid) ?? '';
    valueIn(await only.service.removePerson({ uid: first }, again(await asPerson(only, uid))));
    const asBoss = async () => asPerson(only, uid);
    for (const members of [{ isActive: false }, { status: 'banned' as const }]) {
      expect(codeOf(await only.service.changePerson({ uid, ...members }, await asBoss()))).toBe(
        'user.last-administrator',
      );
    }
    expect(codeOf(await only.service.removePerson({ uid }, await asBoss()))).toBe('user.last-administrator');
    expect((await stateOf(only, uid)).isActive).toBe(true);
    await only.remove();
  });
});

describe('a removed person', () => {
  it('is answered as they were, also to a repeat, and is nobody afterwards', async () => {
    const person = await personOn(fixture, { scopes: ['read:x'] });
    const context = fixture.asAdmin();
    expect(valueIn(await fixture.service.removePerson({ uid: person.uid }, context))).toEqual(person);
    expect(valueIn(await fixture.service.removePerson({ uid: person.uid }, context))).toEqual(person);
    expect(codeOf(await fixture.service.removePerson({ uid: person.uid }, fixture.asAdmin()))).toBe('user.unknown');
    const identifier = person.identifiers[0]?.value ?? '';
    expect(codeOf(await fixture.service.createPerson({ identifier }, fixture.asAdmin()))).toBe('user.email-taken');
  });
});

it('a change sent twice under one key is one, and under another body is refused', async () => {
  const person = await personOn(fixture);
  const context = fixture.asAdmin({ idempotencyKey: 'one-key' });
  const first = valueIn(await change(person, { name: 'Ada' }, context));
  const later = valueIn(await change(person, { name: 'Grace' }));
  expect(later.name).toBe('Grace');
  expect(valueIn(await change(person, { name: 'Ada' }, context))).toEqual(first);
  expect(codeOf(await change(person, { name: 'Eve' }, context))).toBe('request.idempotency-mismatch');
});
