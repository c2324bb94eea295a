import { randomUUID } from 'node:crypto';
import type { Reply, RequestContext } from '@evident/contracts';
import { type Principal, streams } from '@evident/domain';
import { AccessOnLog, MachinesOnLog, manualClock, openedSession } from '@evident/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningProjection, runProjection } from '../running-projection.fixture.ts';

/** Something that lists show, with its `createdAt`. */
interface Made {
  readonly uid: string;
  readonly at: number;
}

const clock = manualClock(Date.now() - 600_000);
let running: RunningProjection;
let access: AccessOnLog;
let team: string;
let editor: string;
/** In the order of `createdAt`. */
const users: Made[] = [];
const workspaces: Made[] = [];
const roles: Made[] = [];
const agents: Made[] = [];
const apiKeys: Made[] = [];
const sessions: Made[] = [];
/** In the order of joining, which is another one. */
const members: Made[] = [];
const mine: string[] = [];

beforeAll(async () => {
  running = await runProjection({ now: clock });
  access = new AccessOnLog(running.temporary.log, clock);
  const machines = new MachinesOnLog(running.temporary.log, clock);
  const { people, administrator } = running;
  const note = (list: Made[], { uid }: { readonly uid: string }) => list.push({ uid, at: clock() });
  note(users, administrator);
  note(workspaces, await access.addWorkspace({ name: 'Team' }));
  note(roles, await access.addRole({ name: 'Editor' }));
  [team, editor] = [workspaces[0]?.uid ?? '', roles[0]?.uid ?? ''];
  for (let turn = 0; turn < 6; turn++) {
    clock.advance(1_000);
    const isActive = turn % 2 === 0;
    const workspaceId = turn < 3 ? team : null;
    const user = turn === 3 ? await addNumbered(100) : await people.addUser();
    note(users, user);
    note(workspaces, await access.addWorkspace({ name: `Place ${turn}`, isActive }));
    note(roles, await access.addRole({ name: `Role ${turn}`, workspaceId }));
    note(agents, await machines.addAgent([], { workspaceId }));
    const holder: Principal = isActive
      ? { kind: 'agent', id: agents[0]?.uid ?? '' }
      : { kind: 'user', id: users[2]?.uid ?? '' };
    note(apiKeys, await machines.addKey(holder));
    const sessionId = randomUUID();
    const opened = openedSession({ userId: users[1]?.uid ?? '', audience: 'app', generation: 1 }, clock());
    await people.append(streams.session('main', sessionId), [opened]);
    note(sessions, { uid: sessionId });
    await people.changeUser(user.uid, { type: 'change-user', roleIds: [editor], profile: '{"city":"London"}' });
    await people.changeUser(user.uid, { type: 'change-user', isActive: turn !== 3 });
  }
  for (const place of [3, 6, 1, 5, 2, 4]) {
    clock.advance(1_000);
    const [user, workspace] = [users[place]?.uid ?? '', workspaces[place]?.uid ?? ''];
    await access.join(user, team);
    note(members, { uid: user });
    await access.join(administrator.uid, workspace);
    mine.push(workspace);
  }
});
afterAll(() => running.end());

/** A number is taken before its user is written: who is written later may have a smaller one. */
async function addNumbered(number: number): Promise<{ readonly uid: string }> {
  const uid = randomUUID();
  const identifiers = [await running.people.claim(uid, 'username', `user${number}`)];
  const registered = { type: 'register-user', number, identifiers, passwordHash: 'sealed', isAdmin: false } as const;
  await running.people.changeUser(uid, registered);
  return { uid };
}

function valueIn<Value>(reply: Reply<Value>): Value {
  if (!reply.ok) throw new Error(`refused: ${JSON.stringify(reply.error)}`);
  return reply.value;
}
const asAdministrator = async () => running.asAdministrator(await running.temporary.log.store.lastPosition());
/** As one of the users, with these scopes. */
async function asUser(place: number, ...scopes: string[]): Promise<RequestContext> {
  const uid = users[place]?.uid ?? '';
  await access.grant(uid, { scopes });
  const credential = await running.tokens.issue(uid);
  return { ...(await asAdministrator()), credential };
}

interface Asked {
  readonly createdFrom?: number;
  readonly createdTo?: number;
  readonly order?: 'asc' | 'desc';
  readonly skip?: number;
  readonly limit?: number;
}
interface Shown {
  readonly uids: readonly string[];
  readonly total: number;
}
interface List {
  /** All that it shows, in the order of `createdAt`. */
  readonly all: () => readonly Made[];
  /** Its order where none is asked for; that of `createdAt` unless said. */
  readonly plain?: () => readonly string[];
  readonly ask: (asked: Asked) => Promise<Shown>;
}

const uidsOf = (list: readonly { readonly uid: string }[]) => list.map(({ uid }) => uid);
const page = { skip: 0, limit: 100 };
const isOf = (uids: readonly string[]) => (one: Made) => uids.includes(one.uid);
const inTeam = (list: readonly Made[]) => list.filter((_, place) => place < 3);
type Queries = RunningProjection['queries'];

function people(request: Partial<Parameters<Queries['listPeople']>[0]>, as = asAdministrator): List['ask'] {
  return async (asked) => {
    const reply = await running.queries.listPeople({ ...page, ...request, ...asked }, await as());
    const { people: found, total } = valueIn(reply);
    return { uids: uidsOf(found), total };
  };
}
const workspaceUsers =
  (as = asAdministrator): List['ask'] =>
  async (asked) => {
    const reply = await running.queries.listWorkspaceUsers({ ...page, ...asked, workspaceId: team }, await as());
    const { people: found, total } = valueIn(reply);
    return { uids: uidsOf(found), total };
  };
function rolesAsked(request: object, as = asAdministrator): List['ask'] {
  return async (asked) => {
    const { roles: found, total } = valueIn(
      await running.queries.listRoles({ ...page, ...request, ...asked }, await as()),
    );
    return { uids: uidsOf(found), total };
  };
}
function workspacesAsked(request: object, as = asAdministrator): List['ask'] {
  return async (asked) => {
    const reply = await running.queries.listWorkspaces({ ...page, ...request, ...asked }, await as());
    const { workspaces: found, total } = valueIn(reply);
    return { uids: uidsOf(found), total };
  };
}
const agentsAsked =
  (as = asAdministrator): List['ask'] =>
  async (asked) => {
    const { agents: found, total } = valueIn(await running.queries.listAgents({ ...page, ...asked }, await as()));
    return { uids: uidsOf(found), total };
  };
function keysAsked(request: () => object, as = asAdministrator): List['ask'] {
  return async (asked) => {
    const reply = await running.queries.listApiKeys({ ...page, ...request(), ...asked }, await as());
    const { apiKeys: found, total } = valueIn(reply);
    return { uids: uidsOf(found), total };
  };
}

const lists: Readonly<Record<string, List>> = {
  users: { all: () => users, ask: people({}) },
  'users who are active': { all: () => users.filter((_, place) => place !== 4), ask: people({ isActive: true }) },
  'users who are not limited': { all: () => users, ask: people({ isLimited: false }) },
  'users with a role': {
    all: () => users.slice(1),
    ask: (asked) => people({ role: editor })(asked),
  },
  'users within reach': {
    all: () => users.slice(1),
    ask: people({}, () => asUser(3, `read:sso/user?workspace_id=${team}`)),
  },
  profiles: {
    all: () => users.slice(1),
    ask: async (asked) => {
      const reply = await running.queries.listProfiles({ ...page, ...asked }, await asAdministrator());
      const { profiles, total } = valueIn(reply);
      return { uids: profiles.map(({ userId }) => userId), total };
    },
  },
  agents: { all: () => agents, ask: agentsAsked() },
  'agents within reach': {
    all: () => inTeam(agents),
    ask: agentsAsked(() => asUser(3, `read:sso/agent?workspace_id=${team}`)),
  },
  'API keys': { all: () => apiKeys, ask: keysAsked(() => ({})) },
  'API keys of an agent': {
    all: () => apiKeys.filter((_, place) => place % 2 === 0),
    ask: keysAsked(() => ({ agentId: agents[0]?.uid })),
  },
  'API keys of one’s own': {
    all: () => apiKeys.filter((_, place) => place % 2 === 1),
    ask: keysAsked(
      () => ({}),
      () => asUser(2),
    ),
  },
  roles: { all: () => roles, ask: rolesAsked({}) },
  'roles that are active': { all: () => roles, ask: rolesAsked({ isActive: true }) },
  'roles within reach': {
    all: () => roles.slice(1, 4),
    ask: rolesAsked({}, () => asUser(3, `read:sso/role?workspace_id=${team}`)),
  },
  'roles within reach by one’s id': {
    all: () => roles.slice(2, 5),
    ask: rolesAsked({}, () => asUser(3, ...uidsOf(roles.slice(2, 5)).map((uid) => `read:sso/role?uid=${uid}`))),
  },
  workspaces: { all: () => workspaces, ask: workspacesAsked({}) },
  'one’s own workspaces': {
    all: () => workspaces.filter(isOf(mine)),
    plain: () => mine,
    ask: workspacesAsked({ mine: true }),
  },
  members: {
    all: () => members,
    ask: async (asked) => {
      const request = { ...page, ...asked, workspaceId: team };
      const { members: found, total } = valueIn(await running.queries.listMembers(request, await asAdministrator()));
      return { uids: found.map(({ userId }) => userId), total };
    },
  },
  'users of a workspace': {
    all: () => users.slice(1),
    plain: () => uidsOf(members),
    ask: workspaceUsers(),
  },
  'users of a workspace within reach': {
    all: () => users.slice(1),
    plain: () => uidsOf(members),
    ask: workspaceUsers(() => asUser(3, `read:sso/user?workspace_id=${team}`)),
  },
  sessions: {
    all: () => sessions,
    plain: () => uidsOf(sessions).toReversed(),
    ask: async (asked) => {
      const request = { ...page, ...asked, userId: users[1]?.uid ?? '' };
      const reply = await running.sessionQueries.listSessions(request, await asAdministrator());
      const { sessions: found, total } = valueIn(reply);
      return { uids: uidsOf(found), total };
    },
  },
};

describe.each(Object.entries(lists))('a list of %s', (_what, { all, plain = () => uidsOf(all()), ask }) => {
  const middle = () => {
    const within = all().slice(1, -1);
    return { within, createdFrom: within[0]?.at ?? 0, createdTo: within.at(-1)?.at ?? 0 };
  };

  it('has the order it always had where none is asked for', async () => {
    expect(await ask({})).toEqual({ uids: plain(), total: all().length });
    expect(all().length).toBeGreaterThan(2);
  });

  it('is by when they were made, from either end', async () => {
    const oldestFirst = uidsOf(all());
    const newestFirst = oldestFirst.toReversed();
    const total = oldestFirst.length;
    expect(await ask({ order: 'asc' })).toEqual({ uids: oldestFirst, total });
    expect(await ask({ order: 'desc' })).toEqual({ uids: newestFirst, total });
    expect(await ask({ order: 'desc', skip: 1, limit: 2 })).toEqual({ uids: newestFirst.slice(1, 3), total });
  });

  it('shows and counts those of a time, both ends in it', async () => {
    const { within, createdFrom, createdTo } = middle();
    const total = within.length;
    const uids = plain().filter((uid) => within.some((one) => one.uid === uid));
    expect(await ask({ createdFrom, createdTo })).toEqual({ uids, total });
    const newest = uidsOf(within).toReversed().slice(0, 1);
    expect(await ask({ createdFrom, createdTo, order: 'desc', limit: 1 })).toEqual({ uids: newest, total });
    expect(await ask({ createdFrom: createdTo, createdTo, order: 'asc' })).toEqual({ uids: newest, total: 1 });
    expect(await ask({ createdFrom: createdTo + 1, order: 'asc' })).toEqual({
      uids: uidsOf(all()).slice(total + 1),
      total: 1,
    });
    expect(await ask({ createdTo: createdFrom - 1, order: 'desc' })).toEqual({
      uids: uidsOf(all()).slice(0, 1),
      total: 1,
    });
    expect(await ask({ createdFrom: (all().at(-1)?.at ?? 0) + 1 })).toEqual({ uids: [], total: 0 });
  });
});
