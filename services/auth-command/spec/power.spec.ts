import type { PersonObject, RequestContext } from '@evident/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codeOf, type Fixture, valueIn } from './fixture.ts';
import {
  again,
  asPerson,
  openRegistration,
  personOn,
  signUp,
  stateOf,
  uniqueAddress,
  uniqueName,
} from './people-fixture.ts';

let fixture: Fixture;
let serial = 0;

beforeAll(async () => {
  fixture = await openRegistration();
});
afterAll(() => fixture.remove());

type Change = Omit<Parameters<Fixture['service']['changePerson']>[0], 'uid'>;
const secret = 'another good password';
const workspace = async () =>
  valueIn(await fixture.service.createWorkspace({ name: `Team ${++serial}` }, fixture.asAdmin()));
const role = async (scopes: string[] = [], workspaceId?: string) =>
  valueIn(
    await fixture.service.createRole(
      { name: `Role ${++serial}`, scopes, ...(workspaceId === undefined ? {} : { workspaceId }) },
      fixture.asAdmin(),
    ),
  );
/** A request of somebody with these grants. */
const holderOf = async (scopes: string[], grants: Change = {}): Promise<RequestContext> =>
  asPerson(fixture, (await personOn(fixture, { ...(grants as object), scopes })).uid);
const change = (person: PersonObject, members: Change, context: RequestContext) =>
  fixture.service.changePerson({ uid: person.uid, ...members }, again(context));

/** All that would make the caller this person, or take the person's power. */
const takeOvers = ({ uid, identifiers, credentials }: PersonObject, context: RequestContext) => [
  () => fixture.service.changePerson({ uid, isActive: false }, again(context)),
  () => fixture.service.addIdentifier({ userId: uid, identifier: uniqueName() }, again(context)),
  () => fixture.service.removeIdentifier({ userId: uid, identifierId: identifiers[0]?.id ?? '' }, again(context)),
  () => fixture.service.removeCredential({ userId: uid, credentialId: credentials[0]?.id ?? '' }, again(context)),
  () => fixture.service.addCredential({ userId: uid, method: 'password', secret }, again(context)),
  () => fixture.service.removePerson({ uid }, again(context)),
];
const within = (workspaceId: string, resources = ['user', 'identifier', 'credential']) =>
  resources.map((of) => `manage:sso/${of}?workspace_id=${workspaceId}`);

describe('whoever has a role that is a name alone', () => {
  it('is nobody’s to act for who may not give that name', async () => {
    const [team, name] = [await workspace(), await role()];
    const admin = await holderOf([...within(team.uid), `update:sso/workspace?workspace_id=${team.uid}`]);
    const member = await personOn(fixture, { workspaceIds: [team.uid], roles: [name.slug] });
    for (const attempt of takeOvers(member, admin)) {
      expect(await attempt()).toMatchObject({
        error: { code: 'caller.not-permitted', details: { missing: 'update:sso/user' } },
      });
    }
  });

  it('in a workspace is nobody’s to act for who has no say over that workspace', async () => {
    const [team, elsewhere, name] = [await workspace(), await workspace(), await role()];
    const admin = await holderOf([...within(team.uid), `update:sso/workspace?workspace_id=${team.uid}`]);
    const both = { [team.uid]: [name.slug], [elsewhere.uid]: [name.slug] };
    const set = ({ uid }: PersonObject, context: RequestContext) =>
      fixture.service.addCredential({ userId: uid, method: 'password', secret }, again(context));
    expect(await set(await personOn(fixture, { workspaceRoles: both }), admin)).toMatchObject({
      error: { code: 'caller.not-permitted', details: { missing: 'update:sso/workspace' } },
    });
    const here = await personOn(fixture, { workspaceRoles: { [team.uid]: [name.slug] } });
    expect(codeOf(await set(here, admin))).toBe('ok');
  });

  it('can be acted for by who has it too, or has the say over all users', async () => {
    const [team, name] = [await workspace(), await role()];
    const member = await personOn(fixture, { workspaceIds: [team.uid], roles: [name.slug] });
    for (const context of [
      await holderOf(within(team.uid, ['credential']), { roles: [name.slug] }),
      await holderOf(['update:sso/user', 'manage:sso/credential']),
    ]) {
      const set = { userId: member.uid, method: 'password' as const, secret };
      expect(codeOf(await fixture.service.addCredential(set, again(context)))).toBe('ok');
    }
  });
});

describe('whoever is in a workspace, with no role there', () => {
  const memberOf = (...teams: { uid: string }[]) => personOn(fixture, { workspaceIds: teams.map(({ uid }) => uid) });

  it('is nobody’s to act for whose say over people ends with another workspace', async () => {
    const [team, elsewhere] = [await workspace(), await workspace()];
    const say = [team, elsewhere].map(({ uid }) => `update:sso/workspace?workspace_id=${uid}`);
    const admin = await holderOf([...within(team.uid), ...say]);
    for (const attempt of takeOvers(await memberOf(team, elsewhere), admin)) {
      expect(await attempt()).toMatchObject({ error: { code: 'caller.not-permitted' } });
    }
    for (const attempt of takeOvers(await memberOf(team), admin).slice(0, 2))
      expect(codeOf(await attempt())).toBe('ok');
  });

  it('can be acted for by who is in it too, or may do it to its members, or to all', async () => {
    const [team, elsewhere, gone] = [await workspace(), await workspace(), await workspace()];
    const set = ({ uid }: PersonObject, context: RequestContext) =>
      fixture.service.addCredential({ userId: uid, method: 'password', secret }, again(context));
    for (const context of [
      await holderOf(within(team.uid), { workspaceIds: [elsewhere.uid] }),
      await holderOf([...within(team.uid), ...within(elsewhere.uid)]),
      await holderOf(['create:sso/credential']),
    ]) {
      expect(codeOf(await set(await memberOf(team, elsewhere), context))).toBe('ok');
    }
    const left = await memberOf(team, gone);
    valueIn(await fixture.service.removeWorkspace({ uid: gone.uid }, fixture.asAdmin()));
    expect(codeOf(await set(left, await holderOf(within(team.uid))))).toBe('ok');
  });
});

describe('a role of a workspace', () => {
  it('is put beside those of the tenant, where its slug reads as one of theirs, by who has the say over all users', async () => {
    const team = await workspace();
    const scopes = [...within(team.uid, ['user', 'role']), `update:sso/workspace?workspace_id=${team.uid}`, 'read:x'];
    const admin = await holderOf(scopes);
    const member = await personOn(fixture, { workspaceIds: [team.uid] });
    for (const held of [[], ['read:x']]) {
      const slug = `superuser-${held.length}`;
      const made = { name: 'Superuser', slug, scopes: held, workspaceId: team.uid };
      valueIn(await fixture.service.createRole(made, again(admin)));
      expect(await change(member, { roles: [slug] }, admin)).toMatchObject({
        error: { code: 'caller.not-permitted', details: { missing: 'update:sso/user' } },
      });
      const created = { identifier: uniqueName(), workspaceIds: [team.uid], roles: [slug] };
      expect(await fixture.service.createPerson(created, again(admin))).toMatchObject({
        error: { code: 'caller.not-permitted', details: { missing: 'create:sso/user' } },
      });
      const changed = valueIn(await change(member, { workspaceRoles: { [team.uid]: [slug] } }, admin));
      expect([changed.roles, changed.workspaceRoles]).toEqual([[], { [team.uid]: [slug] }]);
    }
  });
});

describe('what a stronger user has', () => {
  it('is not taken by who could not give it: scopes, roles and names', async () => {
    const [wide, name, held] = [await role(['delete:x']), await role(), await role(['read:x'])];
    const before = { roles: [wide.slug, name.slug, held.slug], scopes: ['*:*', 'read:x'] };
    const person = await personOn(fixture, before);
    const [team, other] = [await workspace(), await personOn(fixture, { roles: [name.slug] })];
    valueIn(await change(other, { workspaceIds: [team.uid] }, fixture.asAdmin()));
    const [weak, narrowed] = [await holderOf(['update:sso/user', 'read:x']), await holderOf(within(team.uid))];
    for (const members of [{ scopes: ['read:x'] }, { scopes: [] }, { roles: [name.slug, held.slug] }]) {
      expect(codeOf(await change(person, members, weak))).toBe('caller.not-permitted');
    }
    expect(await change(other, { roles: [] }, narrowed)).toMatchObject({
      error: { code: 'caller.not-permitted', details: { missing: 'update:sso/user' } },
    });
    // A role that is no more is nobody's power.
    valueIn(await fixture.service.removeRole({ uid: name.uid }, fixture.asAdmin()));
    expect(codeOf(await change(other, { roles: [] }, narrowed))).toBe('ok');
    const less = { roles: [wide.slug], scopes: ['*:*'] };
    expect(valueIn(await change(person, less, weak))).toMatchObject(less);
    expect(valueIn(await change(person, { roles: [], scopes: [] }, fixture.asAdmin()))).toMatchObject({ scopes: [] });
  });
});

it('has the say over a workspace also who has it as its owner: by the user as by the member', async () => {
  const { uid: ownerId } = await personOn(fixture);
  const scopes = ['create:sso/workspace', 'manage:sso/user', 'create:sso/credential'];
  const owning = { scopes: [...scopes, `update:sso/workspace?owner_id=${ownerId}`] };
  valueIn(await fixture.service.changePerson({ uid: ownerId, ...owning }, fixture.asAdmin()));
  const owner = await asPerson(fixture, ownerId);
  const own = valueIn(await fixture.service.createWorkspace({ name: `Team ${++serial}` }, again(owner)));
  const [elsewhere, name] = [await workspace(), await role()];
  const [one, other] = [await personOn(fixture), await personOn(fixture)];
  const joined = { workspaceId: own.uid, userId: one.uid, roles: [name.slug] };
  expect(codeOf(await fixture.service.addMember(joined, again(owner)))).toBe('ok');
  const there = { [own.uid]: [name.slug] };
  expect(valueIn(await change(other, { workspaceRoles: there }, owner)).workspaceRoles).toEqual(there);
  const set = { userId: other.uid, method: 'password' as const, secret };
  expect(codeOf(await fixture.service.addCredential(set, again(owner)))).toBe('ok');
  expect(valueIn(await change(other, { workspaceIds: [] }, owner)).workspaceIds).toEqual([]);
  expect(codeOf(await change(other, { workspaceIds: [elsewhere.uid] }, owner))).toBe('caller.not-permitted');
});

describe('a workspace that was removed', () => {
  it('stays with its members as it is, and asks nothing of who changes their roles in another', async () => {
    const [team, gone, name] = [await workspace(), await workspace(), await role()];
    const admin = await holderOf([...within(team.uid), `update:sso/workspace?workspace_id=${team.uid}`]);
    const member = await personOn(fixture, { workspaceRoles: { [team.uid]: [], [gone.uid]: [name.slug] } });
    valueIn(await fixture.service.removeWorkspace({ uid: gone.uid }, fixture.asAdmin()));
    const there = { [team.uid]: [name.slug] };
    expect(valueIn(await change(member, { workspaceRoles: there }, admin)).workspaceRoles).toEqual(there);
    expect(valueIn(await change(member, { workspaceIds: [team.uid] }, admin)).workspaceIds).toEqual([team.uid]);
    expect((await stateOf(fixture, member.uid)).workspaces.get(gone.uid)).toEqual([name.uid]);
  });
});

describe('an address that nobody verified', () => {
  const signedUp = async () => {
    const identifier = uniqueAddress();
    return { identifier, uid: valueIn(await signUp(fixture, { identifier })).userId };
  };

  it('is not taken from people outside the workspace that the caller’s say ends with', async () => {
    const team = await workspace();
    const admin = await holderOf([...within(team.uid), `update:sso/workspace?workspace_id=${team.uid}`]);
    const [member, { identifier, uid }] = [await personOn(fixture, { workspaceIds: [team.uid] }), await signedUp()];
    const create = { identifier, workspaceIds: [team.uid] };
    expect(codeOf(await fixture.service.createPerson(create, again(admin)))).toBe('user.email-taken');
    const add = { userId: member.uid, identifier };
    expect(codeOf(await fixture.service.addIdentifier(add, again(admin)))).toBe('user.email-taken');
    expect((await stateOf(fixture, uid)).identifiers).toHaveLength(1);
  });

  it('is not verified by whose say over people ends with a workspace, so that it gives way to its owner', async () => {
    const team = await workspace();
    const admin = await holderOf([...within(team.uid), `update:sso/workspace?workspace_id=${team.uid}`]);
    const [created, added, name] = [uniqueAddress(), uniqueAddress(), uniqueName()];
    const create = (identifier: string) =>
      fixture.service.createPerson({ identifier, workspaceIds: [team.uid] }, again(admin));
    const member = valueIn(await create(created));
    expect(member.identifiers).toMatchObject([{ verified: false }]);
    const add = { userId: member.uid, identifier: added };
    expect(valueIn(await fixture.service.addIdentifier(add, again(admin))).verified).toBe(false);
    expect(valueIn(await create(name)).identifiers).toMatchObject([{ kind: 'username', verified: true }]);
    for (const identifier of [created, added]) {
      expect((await personOn(fixture, { identifier })).identifiers).toMatchObject([{ verified: true }]);
    }
    expect((await stateOf(fixture, member.uid)).identifiers).toEqual([]);
  });

  it('is not taken from who has more than the caller', async () => {
    const creator = await holderOf(['create:sso/user']);
    const [strong, plain] = [await signedUp(), await signedUp()];
    valueIn(await fixture.service.changePerson({ uid: strong.uid, scopes: ['delete:x'] }, fixture.asAdmin()));
    const create = ({ identifier }: { identifier: string }, context: RequestContext) =>
      fixture.service.createPerson({ identifier }, again(context));
    expect(codeOf(await create(strong, creator))).toBe('user.email-taken');
    expect(codeOf(await create(plain, creator))).toBe('ok');
    expect(codeOf(await create(strong, fixture.asAdmin()))).toBe('ok');
  });
});

it('puts an agent into a workspace only who may make agents there, or is in it', async () => {
  const [team, elsewhere] = [await workspace(), await workspace()];
  const maker = await personOn(fixture, { workspaceIds: [team.uid] });
  valueIn(await change(maker, { scopes: [`create:sso/agent?owner_id=${maker.uid}`] }, fixture.asAdmin()));
  const create = async (workspaceId: string, context: RequestContext) =>
    fixture.service.createAgent({ name: 'Robot', scopes: [], workspaceId }, again(context));
  const own = await asPerson(fixture, maker.uid);
  expect(codeOf(await create(team.uid, own))).toBe('ok');
  expect(await create(elsewhere.uid, own)).toMatchObject({
    error: { code: 'caller.not-permitted', details: { missing: 'create:sso/agent' } },
  });
  const there = await holderOf([`create:sso/agent?workspace_id=${elsewhere.uid}`]);
  expect(codeOf(await create(elsewhere.uid, there))).toBe('ok');
});

it('tells nobody which workspaces there are beyond their own', async () => {
  const [team, elsewhere] = [await workspace(), await workspace()];
  const admin = await holderOf([...within(team.uid), `update:sso/workspace?workspace_id=${team.uid}`]);
  const member = await personOn(fixture, { workspaceIds: [team.uid] });
  for (const name of [elsewhere.slug, 'no-such-team']) {
    for (const members of [{ workspaceIds: [team.slug, name] }, { workspaceRoles: { [name]: [] } }]) {
      expect(await change(member, members, admin)).toMatchObject({
        error: { code: 'caller.not-permitted', details: { missing: 'update:sso/workspace' } },
      });
    }
  }
  const unknown = await change(member, { workspaceIds: ['no-such-team'] }, fixture.asAdmin());
  expect(unknown).toMatchObject({ error: { code: 'grant.invalid', details: { unknown: 'no-such-team' } } });
});
