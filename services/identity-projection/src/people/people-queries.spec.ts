import { randomUUID } from 'node:crypto';
import type { Reply } from '@evident/contracts';
import { streams } from '@evident/domain';
import { type AddedPerson, requestContext } from '@evident/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningProjection, runProjection } from '../running-projection.fixture.ts';

let running: RunningProjection;
let ada: AddedPerson;
let bob: AddedPerson;
let editor: string;
let team: string;
/** A role holder who may read people of the team, and nothing else. */
let lead: AddedPerson;
let position: string;

const page = { skip: 0, limit: 10 };

beforeAll(async () => {
  running = await runProjection();
  const { people } = running;
  const { tenant } = running.temporary.log;
  [ada, bob, lead] = [await people.addUser(), await people.addUser(), await people.addUser()];
  [editor, team] = [randomUUID(), randomUUID()];
  const slug = running.temporary.log.lookup.hash('role-slug', 'editor');
  await people.append(streams.reservation(tenant, 'role-slug', slug), [
    { type: 'reservation.claimed', data: { claimId: team, holder: editor, claimedAt: 1 } },
  ]);
  await people.append(streams.role(tenant, editor), [
    {
      type: 'role.defined',
      data: {
        ...{ name: 'Editor', slug: 'editor', description: '', scopes: ['read:content'], isActive: true },
        ...{ lookup: slug, claimId: team, workspaceId: null, ownerId: null },
      },
    },
  ]);
  await people.append(streams.workspace(tenant, team), [
    {
      type: 'workspace.created',
      data: {
        ...{ name: 'Team', slug: 'team', description: '', logoUrl: null, settings: {}, isActive: true },
        ...{ lookup: slug, claimId: team, ownerId: null },
      },
    },
  ]);
  await people.changeUser(ada.uid, {
    type: 'change-user',
    ...{ roleIds: [editor], name: 'Ada', profile: '{"city":"London"}', isLimited: true },
    workspaces: [{ workspaceId: team, roleIds: [editor] }],
  });
  const phone = await people.claim(ada.uid, 'phone', '492215550100');
  await people.changeUser(ada.uid, { type: 'add-identifier', identifier: phone, primary: false });
  const narrowed = [`read:sso/user?workspace_id=${team}`, `read:sso/profile?workspace_id=${team}`];
  await people.changeUser(lead.uid, { type: 'change-user', scopes: narrowed });
  position = await people.changeUser(bob.uid, { type: 'change-user', isActive: false });
});
afterAll(() => running.end());

const asAdmin = () => running.asAdministrator(position);
const as = async ({ uid }: AddedPerson) =>
  requestContext({ credential: await running.tokens.issue(uid), minPosition: position });
function valueIn<Value>(reply: Reply<Value>): Value {
  if (!reply.ok) throw new Error(JSON.stringify(reply.error));
  return reply.value;
}
const codeOf = (reply: Reply<unknown>) => (reply.ok ? 'ok' : reply.error.code);

describe('a person', () => {
  it('is shown with identifiers, slugs of roles, workspaces and credentials, and never with a hash', async () => {
    const person = valueIn(await running.queries.getPerson({ uid: ada.uid }, asAdmin()));
    expect(person).toMatchObject({
      ...{ uid: ada.uid, number: ada.number, name: 'Ada', roles: ['editor'], roleIds: [editor], isLimited: true },
      ...{ workspaceRoles: { [team]: ['editor'] }, workspaceIds: [team], status: 'active' },
    });
    expect(person.identifiers.map(({ kind, value, primary }) => [kind, value, primary])).toEqual([
      ['username', ada.username, true],
      ['email', ada.email, true],
      ['phone', '492215550100', true],
    ]);
    expect(person.credentials).toMatchObject([{ method: 'password' }]);
    expect(JSON.stringify(person)).not.toMatch(/sealed|k\d+\./);
  });

  it('says when the password was last right', async () => {
    const { tenant } = running.temporary.log;
    const judged = { app: null, reservation: 0, user: 0 };
    const data = { purpose: 'session', userId: ada.uid, appId: null, audience: null, generation: 1, ticketHash: null };
    const event = { type: 'signin.succeeded', data: { ...data, judged, account: 'k1.a', caller: 'k1.c', at: 4_711 } };
    await running.people.append(streams.signIn(tenant, ada.uid), [event]);
    const { credentials } = valueIn(await running.queries.listCredentials({ userId: ada.uid }, asAdmin()));
    expect(credentials).toMatchObject([{ lastUsedAt: 4_711 }]);
  });

  it('reads about themselves without a scope, and of nobody else', async () => {
    const own = await as(lead);
    expect(valueIn(await running.queries.getPerson({}, own)).uid).toBe(lead.uid);
    expect(valueIn(await running.queries.getPerson({ uid: lead.uid }, own)).uid).toBe(lead.uid);
    expect(codeOf(await running.queries.listIdentifiers({ userId: lead.uid }, own))).toBe('ok');
    for (const userId of [ada.uid, randomUUID()]) {
      const reply = await running.queries.listIdentifiers({ userId }, own);
      expect(reply).toMatchObject({
        error: { code: 'caller.not-permitted', details: { missing: 'read:sso/identifier' } },
      });
    }
  });

  it('beyond the reach of a narrowed scope is like one that there is not', async () => {
    const context = await as(lead);
    expect(codeOf(await running.queries.getPerson({ uid: ada.uid }, context))).toBe('ok');
    const replies = [bob.uid, randomUUID()].map((uid) => running.queries.getPerson({ uid }, context));
    const [beyond, unknown] = await Promise.all(replies);
    expect(beyond).toEqual(unknown);
    expect(beyond).toMatchObject({ error: { code: 'caller.not-permitted', details: { missing: 'read:sso/user' } } });
    expect(codeOf(await running.queries.getPerson({ uid: randomUUID() }, asAdmin()))).toBe('user.unknown');
  });
});

describe('a list of people', () => {
  const list = async (request: Partial<Parameters<typeof running.queries.listPeople>[0]>, context = asAdmin()) => {
    const { people, total } = valueIn(await running.queries.listPeople({ ...page, ...request }, context));
    return { uids: people.map(({ uid }) => uid), total };
  };

  it('is from the oldest on, in pages with a total', async () => {
    const all = [running.administrator, ada, bob, lead].map(({ uid }) => uid);
    expect(await list({})).toEqual({ uids: all, total: 4 });
    expect(await list({ skip: 1, limit: 2 })).toEqual({ uids: all.slice(1, 3), total: 4 });
  });

  it.each<[string, () => Partial<Parameters<typeof running.queries.listPeople>[0]>, () => AddedPerson[]]>([
    ['an identifier', () => ({ identifier: ada.email.toUpperCase() }), () => [ada]],
    ['an identifier of a kind', () => ({ identifier: '+49 221 5550100', identifierKind: 'phone' }), () => [ada]],
    ['an identifier of another kind', () => ({ identifier: ada.email, identifierKind: 'username' }), () => []],
    ['an identifier that nobody has', () => ({ identifier: 'nobody@example.com' }), () => []],
    ['a kind of identifier', () => ({ identifierKind: 'phone' }), () => [ada]],
    ['a role by slug', () => ({ role: 'editor' }), () => [ada]],
    ['a role by id', () => ({ role: `role_${editor}` }), () => [ada]],
    ['a role that there is not', () => ({ role: 'nothing' }), () => []],
    ['an identifier and a role', () => ({ identifier: ada.email, role: 'editor' }), () => [ada]],
    ['an identifier and a role of others', () => ({ identifier: bob.email, role: 'editor' }), () => []],
    ['an identifier and a role that there is not', () => ({ identifier: ada.email, role: 'nothing' }), () => []],
    ['activity', () => ({ isActive: false }), () => [bob]],
    ['a role and inactivity', () => ({ role: 'editor', isActive: false }), () => []],
    ['a limit', () => ({ isLimited: true }), () => [ada]],
  ])('is narrowed by %s', async (_filter, request, expected) => {
    const uids = expected().map(({ uid }) => uid);
    expect(await list(request())).toEqual({ uids, total: uids.length });
  });

  it('has nobody for a role that is no more, by slug or by id', async () => {
    const { people, temporary } = running;
    const [gone, { tenant, lookup }] = [randomUUID(), temporary.log];
    const slug = lookup.hash('role-slug', 'gone');
    const details = { name: 'Gone', slug: 'gone', description: '', scopes: [], isActive: true };
    const claim = { lookup: slug, claimId: gone, workspaceId: null, ownerId: null };
    await people.append(streams.reservation(tenant, 'role-slug', slug), [
      { type: 'reservation.claimed', data: { claimId: gone, holder: gone, claimedAt: 1 } },
    ]);
    await people.append(streams.role(tenant, gone), [{ type: 'role.defined', data: { ...details, ...claim } }]);
    const grant = { type: 'user.role-granted', data: { roleId: gone } };
    const granted = await people.append(streams.user(tenant, bob.uid), [grant]);
    expect(await list({ role: gone }, running.asAdministrator(granted))).toMatchObject({ uids: [bob.uid] });
    const retired = await people.append(streams.role(tenant, gone), [
      { type: 'role.retired', data: { claimId: gone } },
    ]);
    for (const role of ['gone', gone, `role_${gone}`])
      expect(await list({ role }, running.asAdministrator(retired))).toEqual({ uids: [], total: 0 });
  });

  it('shows a caller only whom their scope reaches, and counts only those', async () => {
    const context = await as(lead);
    expect(await list({}, context)).toEqual({ uids: [ada.uid], total: 1 });
    expect(await list({ identifier: bob.email }, context)).toEqual({ uids: [], total: 0 });
    const nobody = requestContext({ credential: await running.tokens.issue(ada.uid), minPosition: position });
    expect(await running.queries.listPeople(page, nobody)).toMatchObject({
      error: { code: 'caller.not-permitted', details: { missing: 'read:sso/user' } },
    });
  });

  it('leaves out who was removed, whatever it is narrowed by', async () => {
    const gone = await running.people.addUser();
    await running.people.changeUser(gone.uid, { type: 'change-user', roleIds: [editor] });
    const removed = await running.people.changeUser(gone.uid, { type: 'remove-user' });
    const context = running.asAdministrator(removed);
    for (const request of [{}, { role: 'editor' }, { identifier: gone.email }]) {
      expect((await list(request, context)).uids).not.toContain(gone.uid);
    }
    expect((await list({}, context)).total).toBe(4);
  });
});

describe('profiles', () => {
  it('are one’s own, empty until written, and of others by the scope', async () => {
    expect(valueIn(await running.queries.getProfile({}, await as(lead)))).toMatchObject({ userId: lead.uid, data: {} });
    const { data } = valueIn(await running.queries.getProfile({ userId: ada.uid }, await as(lead)));
    expect(data).toEqual({ city: 'London' });
    expect(codeOf(await running.queries.getProfile({ userId: bob.uid }, await as(lead)))).toBe('user.unknown');
  });

  it('are listed where they were written', async () => {
    const { profiles, total } = valueIn(await running.queries.listProfiles(page, asAdmin()));
    expect([profiles.map(({ userId }) => userId), total]).toEqual([[ada.uid], 1]);
  });
});
