import type { Reply } from '@evident/contracts';
import type { Position } from '@evident/event-store';
import { manualClock } from '@evident/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningProjection, runProjection } from '../running-projection.fixture.ts';

/** Commands of the history; CI asks for 2,000. */
const length = Number(process.env.AUDIT_COMMANDS ?? 120);
const rounds = Number(process.env.AUDIT_ROUNDS ?? 60);

const clock = manualClock();
let running: RunningProjection;

/** What should be true, kept beside the log by somebody who does not read it. */
interface Model {
  readonly users: ReadonlyMap<
    string,
    { readonly isActive: boolean; readonly removed: boolean; readonly apps: readonly string[] }
  >;
  readonly apps: ReadonlyMap<string, { readonly isActive: boolean; readonly removed: boolean; readonly name: string }>;
}
/** The model after each command, with where and when that was. */
const moments: { readonly position: Position; readonly time: string; readonly model: Model }[] = [];

beforeAll(async () => {
  running = await runProjection({ now: clock });
  await tellHistory();
});
afterAll(() => running.end());

async function tellHistory(): Promise<void> {
  const { people } = running;
  const numbers = new Map<string, number>();
  let model: Model = { users: new Map(), apps: new Map() };
  const random = fc.sample(fc.tuple(fc.nat({ max: 99 }), fc.nat(), fc.nat()), { numRuns: length, seed: 7 });
  for (const [what, one, other] of random) {
    clock.advance(one % 3 === 0 ? 0 : 1 + (one % 500));
    const userUid = [...model.users.keys()][one % Math.max(1, model.users.size)];
    const appUid = [...model.apps.keys()][other % Math.max(1, model.apps.size)];
    const user = userUid === undefined ? undefined : model.users.get(userUid);
    const app = appUid === undefined ? undefined : model.apps.get(appUid);
    let position: Position | undefined;
    if (what < 15 || userUid === undefined || user === undefined) {
      const added = await people.addUser();
      position = added.position;
      model = withUser(model, added.uid, { isActive: true, removed: false, apps: [] });
    } else if (what < 25 || appUid === undefined || app === undefined) {
      const added = await people.addApp();
      position = added.position;
      numbers.set(added.uid, added.number);
      model = withApp(model, added.uid, { isActive: true, removed: false, name: `App ${added.number}` });
    } else if (user.removed || app.removed) {
      continue;
    } else if (what < 60) {
      const isAssigned = user.apps.includes(appUid);
      const appNumber = numbers.get(appUid) ?? 0;
      position = await people.changeUser(
        userUid,
        isAssigned ? { type: 'unassign-app', appId: appUid } : { type: 'assign-app', appId: appUid, appNumber },
      );
      const apps = isAssigned ? user.apps.filter((each) => each !== appUid) : [...user.apps, appUid];
      model = withUser(model, userUid, { ...user, apps });
    } else if (what < 75) {
      position = await people.changeUser(userUid, { type: 'change-user', isActive: !user.isActive });
      model = withUser(model, userUid, { ...user, isActive: !user.isActive });
    } else if (what < 85) {
      position = await people.changeApp(appUid, { type: 'change-app', isActive: !app.isActive });
      model = withApp(model, appUid, { ...app, isActive: !app.isActive });
    } else if (what < 95) {
      const name = `App of step ${moments.length}`;
      position = await people.changeApp(appUid, { type: 'change-app', name });
      model = withApp(model, appUid, { ...app, name });
    } else {
      position = await people.changeUser(userUid, { type: 'remove-user' });
      model = withUser(model, userUid, { isActive: false, removed: true, apps: [] });
    }
    moments.push({ position, time: new Date(clock()).toISOString(), model });
  }
}

function withUser(model: Model, uid: string, user: NonNullable<ReturnType<Model['users']['get']>>): Model {
  return { ...model, users: new Map(model.users).set(uid, user) };
}
function withApp(model: Model, uid: string, app: NonNullable<ReturnType<Model['apps']['get']>>): Model {
  return { ...model, apps: new Map(model.apps).set(uid, app) };
}

function found<Value>(reply: Reply<Value>): Value {
  if (!reply.ok) throw new Error(JSON.stringify(reply.error));
  return reply.value;
}
const asked = () => ({ ...running.asAdministrator(), deadline: clock() + 10_000 });

/** Whether the answers about one moment are those of the model. */
async function holdsAt(at: string, { users, apps }: Model, pick: number): Promise<void> {
  const { queries } = running;
  const everyUser = [...(moments.at(-1)?.model.users.keys() ?? [])];
  const userUid = everyUser[pick % everyUser.length] ?? '';
  const user = users.get(userUid);
  const state = found(await queries.auditState({ subject: `user:${userUid}`, at }, asked()));
  expect(state.exists).toBe(user !== undefined);
  if (user !== undefined) {
    const { isActive, removed, apps: held } = user;
    expect(state.state).toMatchObject({ isActive, removed, apps: held.map((uid) => `app:${uid}`).toSorted() });
  }
  const everyApp = [...(moments.at(-1)?.model.apps.keys() ?? [])];
  const appUid = everyApp[pick % everyApp.length] ?? '';
  const app = apps.get(appUid);
  const shown = found(await queries.auditState({ subject: `app:${appUid}`, at }, asked()));
  expect(shown.state === null ? undefined : shown.state.name).toBe(app?.name);
  const { access } = found(await queries.auditAccess({ app: `app:${appUid}`, at, limit: 1000 }, asked()));
  const expected = [...users].filter(([, each]) => each.isActive && app?.isActive && each.apps.includes(appUid));
  expect(access.map((each) => each.user).toSorted()).toEqual(expected.map(([uid]) => `user:${uid}`).toSorted());
}

/** The last command of the same millisecond: what is true at that time. */
function lastAt(time: string) {
  return moments.findLast((moment) => moment.time === time);
}

async function everyAnswerHolds(): Promise<void> {
  await fc.assert(
    fc.asyncProperty(fc.nat({ max: moments.length - 1 }), fc.nat(), fc.boolean(), async (index, pick, byTime) => {
      const moment = moments[index];
      if (moment === undefined) return;
      const model = byTime ? (lastAt(moment.time)?.model ?? moment.model) : moment.model;
      await holdsAt(byTime ? moment.time : moment.position, model, pick);
    }),
    { numRuns: rounds },
  );
}

describe(`a history of ${length} commands`, () => {
  it('is answered as the model has it, by position and by time, at every step', () => everyAnswerHolds(), 120_000);

  it('has histories that end in the present and whose changes follow each other', async () => {
    const [uid] = moments.at(-1)?.model.users.keys() ?? [];
    const subject = `user:${uid}`;
    const { changes } = found(await running.queries.auditHistory({ subject }, asked()));
    const state = found(await running.queries.auditState({ subject }, asked())).state;
    const folded = Object.assign({}, ...changes.map(({ after }) => after));
    expect(folded).toEqual(state);
  });

  it('is answered the same after a restart', async () => {
    await running.restart();
    await everyAnswerHolds();
  });
});
