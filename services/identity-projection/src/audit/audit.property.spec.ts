import type { Reply } from '@evident/contracts';
import { manualClock } from '@evident/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decide, untilDone } from '../operations/decided-operation.fixture.ts';
import { type RunningProjection, runProjection } from '../running-projection.fixture.ts';
import { type Model, type Moment, tellHistory } from './told-history.fixture.ts';

/** Commands of the history; CI asks for 2,000. */
const length = Number(process.env.AUDIT_COMMANDS ?? 120);
const rounds = Number(process.env.AUDIT_ROUNDS ?? 60);

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

/** Whether the answers about one moment are those of the model. */
async function holdsAt(at: string, { users, apps }: Model, pick: number): Promise<void> {
  const { queries } = running;
  const everyUser = [...last().users.keys()];
  const userUid = everyUser[pick % everyUser.length] ?? '';
  const user = users.get(userUid);
  const state = found(await queries.auditState({ subject: `user:${userUid}`, at }, asked()));
  expect(state.exists).toBe(user !== undefined);
  if (user !== undefined) {
    const { isActive, removed, apps: held } = user;
    expect(state.state).toMatchObject({ isActive, removed, apps: held.map((uid) => `app:${uid}`).toSorted() });
  }
  const everyApp = [...last().apps.keys()];
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
  const remembered = (key: object | undefined, make: () => object) => {
    if (key === undefined) return undefined;
    const known = shown.get(key) ?? make();
    shown.set(key, known);
    return known;
  };
  for (const uid of last().users.keys()) {
    await historyHolds(`user:${uid}`, ({ users }) => {
      const user = users.get(uid);
      return remembered(user, () => ({ ...user, apps: user?.apps.map((app) => `app:${app}`).toSorted() }));
    });
  }
  for (const uid of last().apps.keys()) {
    await historyHolds(`app:${uid}`, ({ apps }) => {
      const app = apps.get(uid);
      return remembered(app, () => ({ name: app?.name, isActive: app?.isActive }));
    });
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
  for (const [uid, { number }] of apps) {
    const assigned = found(await queries.listAppUsers({ ...page, id: number }, asked())).users;
    const expected = present.filter(([, user]) => user.apps.includes(uid));
    expect(assigned.map((user) => user.uid).toSorted()).toEqual(expected.map(([user]) => user).toSorted());
  }
}

describe(`a history of ${length} commands`, () => {
  it('is answered as the model has it, by position and by time, at every step', () => everyAnswerHolds());

  it('has histories that are the model at each of their steps', () => everyHistoryHolds());

  it('has rows that are the model at its end', () => everyRowHolds());

  it('is answered the same after a restart', async () => {
    await running.restart();
    await everyAnswerHolds();
    await everyRowHolds();
  });

  it('is answered the same from rows that were built anew', async () => {
    for (const projection of ['users', 'moments']) {
      const { job } = await decide(running, { type: 'request-rebuild', projection });
      await untilDone(running, projection, job);
    }
    await everyAnswerHolds();
    await everyRowHolds();
    await everyHistoryHolds();
  });
});
