import type { Reply } from '@evident/contracts';
import { manualClock } from '@evident/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decide, untilDone } from '../operations/decided-operation.fixture.ts';
import { type RunningProjection, runProjection } from '../running-projection.fixture.ts';
import { type Model, type ModelApp, type ModelUser, type Moment, tellHistory } from './told-history.fixture.ts';

/** Commands of the history; CI asks for 2,000. */
const length = Number(process.env.AUDIT_COMMANDS ?? 120);

const clock = manualClock();
let running: RunningProjection;
let moments: readonly Moment[] = [];

beforeAll(async () => {
  running = await runProjection({ now: clock });
  moments = await tellHistory(running.people, clock, length);
});
afterAll(() => running.end());

function found<Value>(reply: Reply<Value>): Value {
  if (!reply.ok) throw new Error(JSON.stringify(reply.error));
  return reply.value;
}
const asked = () => ({ ...running.asAdministrator(moments.at(-1)?.position), deadline: clock() + 10_000 });
const last = (): Model => moments.at(-1)?.model ?? expect.fail('no history');

/** The last command of the same millisecond: what is true at that time. */
function modelAt(time: string): Model {
  return moments.findLast((moment) => moment.time === time)?.model ?? expect.fail(`nothing at ${time}`);
}

const shownUser = (user: ModelUser) => ({ ...user, apps: [...user.apps.keys()].map((app) => `app:${app}`).toSorted() });
const shownApp = ({ name, isActive, removed }: ModelApp) => ({ name, isActive, removed });

async function userHolds(uid: string, at: string, { users, apps }: Model): Promise<void> {
  const subject = `user:${uid}`;
  const user = users.get(uid);
  const { exists, state } = found(await running.queries.auditState({ subject, at }, asked()));
  expect(exists, `${subject} at ${at}`).toBe(user !== undefined);
  if (user !== undefined) expect(state, `${subject} at ${at}`).toMatchObject(shownUser(user));
  const { access } = found(await running.queries.auditAccess({ user: subject, at, limit: 1000 }, asked()));
  const usable = user?.isActive ? [...user.apps].filter(([app]) => apps.get(app)?.isActive) : [];
  const told = access.map(({ app, grantedBy }) => [app, grantedBy.position]);
  const expected = usable.map(([app, granted]) => [`app:${app}`, granted]);
  expect(told.toSorted(), `what ${subject} could use at ${at}`).toEqual(expected.toSorted());
}

async function appHolds(uid: string, at: string, { users, apps }: Model): Promise<void> {
  const subject = `app:${uid}`;
  const app = apps.get(uid);
  const { exists, state } = found(await running.queries.auditState({ subject, at }, asked()));
  expect(exists, `${subject} at ${at}`).toBe(app !== undefined);
  if (app !== undefined) expect(state, `${subject} at ${at}`).toMatchObject(shownApp(app));
  const { access } = found(await running.queries.auditAccess({ app: subject, at, limit: 1000 }, asked()));
  const allowed = app?.isActive ? [...users].filter(([, user]) => user.isActive && user.apps.has(uid)) : [];
  const told = access.map(({ user, grantedBy }) => [user, grantedBy.position]);
  const expected = allowed.map(([user, { apps: granted }]) => [`user:${user}`, granted.get(uid)]);
  expect(told.toSorted(), `who could use ${subject} at ${at}`).toEqual(expected.toSorted());
}

/** State and access after each command, by position and by time: of whom it was about, and of all others in turn. */
async function everyStepHolds(): Promise<void> {
  const everyUser = [...last().users.keys()];
  const everyApp = [...last().apps.keys()];
  for (const [step, { position, time, model, user, app }] of moments.entries()) {
    const byPosition = [position, model] as const;
    const byTime = [time, modelAt(time)] as const;
    await Promise.all([
      ...[byPosition, byTime].flatMap((moment) => [
        user && userHolds(user, ...moment),
        app && appHolds(app, ...moment),
      ]),
      userHolds(everyUser[step % everyUser.length] ?? '', ...(step % 2 === 0 ? byPosition : byTime)),
      appHolds(everyApp[step % everyApp.length] ?? '', ...(step % 2 === 0 ? byTime : byPosition)),
    ]);
  }
}

/** The changes of a subject, put together one after the other, are what the model has after each of its steps. */
async function historyHolds(subject: string, expectedIn: (model: Model) => object | undefined): Promise<void> {
  const { changes, next } = found(await running.queries.auditHistory({ subject }, asked()));
  expect(next).toBeNull();
  let [done, state, before] = [0, {}, undefined as object | undefined];
  for (const { position, model } of moments) {
    const expected = expectedIn(model);
    if (expected === before) continue;
    before = expected;
    for (; (changes[done]?.event.position ?? '~') <= position; done += 1) state = { ...state, ...changes[done]?.after };
    expect(state, `${subject} at ${position}`).toMatchObject(expected ?? {});
  }
  const now = found(await running.queries.auditState({ subject }, asked())).state;
  for (const { after } of changes.slice(done)) state = { ...state, ...after };
  expect(state).toEqual(now);
}

async function everyHistoryHolds(): Promise<void> {
  const shown = new WeakMap<object, object>();
  const remembered = <Key extends object>(key: Key | undefined, make: (key: Key) => object) => {
    if (key === undefined) return undefined;
    const known = shown.get(key) ?? make(key);
    shown.set(key, known);
    return known;
  };
  for (const uid of last().users.keys()) {
    await historyHolds(`user:${uid}`, ({ users }) => remembered(users.get(uid), shownUser));
  }
  for (const uid of last().apps.keys()) {
    await historyHolds(`app:${uid}`, ({ apps }) => remembered(apps.get(uid), shownApp));
  }
}

/** What is listed now, from rows alone, is what the model ends with. */
async function everyRowHolds(): Promise<void> {
  const { queries } = running;
  const { users, apps } = last();
  const page = { skip: 0, limit: 1000 };
  const listed = found(await queries.listUsers(page, asked())).users.filter(({ number }) => number > 1);
  const present = [...users].filter(([, { removed }]) => !removed);
  expect(new Map(listed.map(({ uid, isActive }) => [uid, isActive]))).toEqual(
    new Map(present.map(([uid, { isActive }]) => [uid, isActive])),
  );
  for (const [uid, { number, removed }] of apps) {
    if (removed) continue;
    const assigned = found(await queries.listAppUsers({ ...page, id: number }, asked())).users;
    const expected = present.filter(([, user]) => user.apps.has(uid));
    expect(assigned.map((user) => user.uid).toSorted()).toEqual(expected.map(([user]) => user).toSorted());
  }
}

describe(`a history of ${length} commands`, () => {
  it('is answered as the model has it, by position and by time, at every step', () => everyStepHolds());

  it('has histories that are the model at each of their steps', () => everyHistoryHolds());

  it('has rows that are the model at its end', () => everyRowHolds());

  it('is answered the same after a restart', async () => {
    await running.restart();
    await everyStepHolds();
    await everyRowHolds();
  });

  it('is answered the same from rows that were built anew', async () => {
    for (const projection of ['users', 'moments']) {
      const { job } = await decide(running, { type: 'request-rebuild', projection });
      await untilDone(running, projection, job);
    }
    await everyStepHolds();
    await everyRowHolds();
    await everyHistoryHolds();
  });
});
