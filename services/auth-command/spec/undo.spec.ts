import { randomUUID } from 'node:crypto';
import type { RequestContext } from '@evident/contracts';
import { streams } from '@evident/domain';
import { aggregateOf, everyPerson, parseSubject, stateOf, subjectOfStream } from '@evident/evidence';
import { PeopleOnLog } from '@evident/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Fixture, openFixture, registerOn, valueIn } from './fixture.ts';

let fixture: Fixture;
let serial = 0;
beforeAll(async () => {
  fixture = await openFixture();
});
afterAll(() => fixture.remove());

const admin = (more: Partial<RequestContext> = {}) => fixture.asAdmin(more);
const throttled = {
  type: 'signin.throttled',
  data: {
    ...{ purpose: 'verify', appId: null, limit: 'account', count: 1 },
    ...{ account: 'k1.account', caller: 'k1.caller', until: 1, at: 1 },
  },
} as const;
const unique = (name: string) => `${name}${++serial}`;

async function user() {
  return registerOn(fixture, unique('undone'));
}
async function app() {
  return valueIn(await fixture.service.registerApp({ name: unique('App'), url: 'https://app.example.com' }, admin()));
}
async function role(scopes: string[] = []) {
  return valueIn(await fixture.service.createRole({ name: unique('Role'), scopes }, admin()));
}
async function workspace() {
  return valueIn(await fixture.service.createWorkspace({ name: unique('Workspace') }, admin()));
}

/** What everybody sees of a subject, times aside. */
async function shown(stream: string) {
  const { log } = fixture.temporary;
  const aggregate = aggregateOf(parseSubject('main', subjectOfStream(stream) ?? '')?.category ?? '');
  if (aggregate === undefined) throw new Error(`${stream} is not folded`);
  return (await stateOf({ log, reader: everyPerson, aggregate, stream }))?.state;
}

/** The events that requests with this id left, as an auditor's search finds them. */
async function eventsOf(correlationId: string) {
  const all = await fixture.temporary.log.store.readAll(undefined, 100_000);
  if ('outcome' in all) throw new Error('the log was replaced');
  return all
    .filter(({ metadata }) => metadata.correlationId === correlationId)
    .map(({ stream, revision, id }) => ({ subject: subjectOfStream(stream) ?? '', revision, id }));
}

async function undo(correlationId: string, apply = true, context = admin()) {
  return valueIn(await fixture.service.undoChanges({ events: await eventsOf(correlationId), apply }, context)).steps;
}

/** Integer id of what a stream is about. */
async function numberOf(stream: string): Promise<number> {
  const state = await shown(stream);
  if (typeof state?.number !== 'number') throw new Error(`${stream} has no number`);
  return state.number;
}

type Change = (context: RequestContext) => Promise<unknown>;

/** Kinds of change on something that was prepared, each with the stream that shows it. */
const kinds: readonly [string, () => Promise<{ stream: string; change: Change }>][] = [
  ['a disabled user', () => onUser((id, c) => fixture.service.changeUser({ id, isActive: false }, c))],
  [
    'a user who was enabled',
    () =>
      onUser(
        (id, c) => fixture.service.changeUser({ id, isActive: true }, c),
        (id, c) => fixture.service.changeUser({ id, isActive: false }, c),
      ),
  ],
  ['a new administrator', () => onUser((id, c) => fixture.service.changeUser({ id, isAdmin: true }, c))],
  [
    'a demoted administrator',
    () =>
      onUser(
        (id, c) => fixture.service.changeUser({ id, isAdmin: false }, c),
        (id, c) => fixture.service.changeUser({ id, isAdmin: true }, c),
      ),
  ],
  [
    'an assignment',
    async () => assignment((appId) => onUser((userId, c) => fixture.service.assignApp({ userId, appId }, c))),
  ],
  [
    'a taken assignment',
    async () =>
      assignment((appId) =>
        onUser(
          (userId, c) => fixture.service.unassignApp({ userId, appId }, c),
          (userId, c) => fixture.service.assignApp({ userId, appId }, c),
        ),
      ),
  ],
  ['a name of a person', () => onPerson((uid, c) => fixture.service.changePerson({ uid, name: 'Another Name' }, c))],
  [
    'an avatar',
    () => onPerson((uid, c) => fixture.service.changePerson({ uid, avatarUrl: 'https://x.example.com/y' }, c)),
  ],
  ['custom claims', () => onPerson((uid, c) => fixture.service.changePerson({ uid, customClaims: { a: 1 } }, c))],
  [
    'a profile',
    () => onPerson((userId, c) => fixture.service.changeProfile({ userId, data: { b: 2 }, merge: false }, c)),
  ],
  ['a mark of being limited', () => onPerson((uid, c) => fixture.service.changePerson({ uid, isLimited: true }, c))],
  [
    'a lifted limit',
    () =>
      onPerson(
        (uid, c) => fixture.service.changePerson({ uid, isLimited: false }, c),
        (uid, c) => fixture.service.changePerson({ uid, isLimited: true }, c),
      ),
  ],
  ['a ban', () => onPerson((uid, c) => fixture.service.changePerson({ uid, status: 'banned' }, c))],
  [
    'scopes of a person',
    () => onPerson((uid, c) => fixture.service.changePerson({ uid, scopes: ['read:sso/app'] }, c)),
  ],
  [
    'another name and address of an app',
    () => onApp((id, c) => fixture.service.changeApp({ id, name: 'New', url: 'https://new.example.com' }, c)),
  ],
  ['a disabled app', () => onApp((id, c) => fixture.service.changeApp({ id, isActive: false }, c))],
  [
    'an enabled app',
    () =>
      onApp(
        (id, c) => fixture.service.changeApp({ id, isActive: true }, c),
        (id, c) => fixture.service.changeApp({ id, isActive: false }, c),
      ),
  ],
  [
    'a changed role',
    () => onRole((uid, c) => fixture.service.changeRole({ uid, name: 'Renamed', scopes: ['read:sso/app'] }, c)),
  ],
  ['a disabled role', () => onRole((uid, c) => fixture.service.changeRole({ uid, isActive: false }, c))],
  [
    'a changed workspace',
    () => onWorkspace((uid, c) => fixture.service.changeWorkspace({ uid, name: 'Renamed', settings: { a: 1 } }, c)),
  ],
  ['a disabled workspace', () => onWorkspace((uid, c) => fixture.service.changeWorkspace({ uid, isActive: false }, c))],
  [
    'a member of a workspace',
    async () => {
      const { uid: workspaceId } = await workspace();
      return onPerson((userId, c) => fixture.service.addMember({ workspaceId, userId, roles: [] }, c));
    },
  ],
  [
    'a member who was taken out',
    async () => {
      const { uid: workspaceId } = await workspace();
      return onPerson(
        (userId, c) => fixture.service.removeMember({ workspaceId, userId }, c),
        (userId, c) => fixture.service.addMember({ workspaceId, userId, roles: [] }, c),
      );
    },
  ],
];

type On<Id> = (id: Id, context: RequestContext) => Promise<unknown>;

async function onUser(change: On<number>, before?: On<number>) {
  const { uid, number } = await user();
  await before?.(number, admin());
  return { stream: streams.user('main', uid), change: (context: RequestContext) => change(number, context) };
}
async function onPerson(change: On<string>, before?: On<string>) {
  const { uid } = await user();
  await before?.(uid, admin());
  return { stream: streams.user('main', uid), change: (context: RequestContext) => change(uid, context) };
}
async function onApp(change: On<number>, before?: On<number>) {
  const { uid, number } = await app();
  await before?.(number, admin());
  return { stream: streams.app('main', uid), change: (context: RequestContext) => change(number, context) };
}
async function onRole(change: On<string>) {
  const { uid } = await role();
  return { stream: streams.role('main', uid), change: (context: RequestContext) => change(uid, context) };
}
async function onWorkspace(change: On<string>) {
  const { uid } = await workspace();
  return { stream: streams.workspace('main', uid), change: (context: RequestContext) => change(uid, context) };
}
async function assignment<Result>(on: (appId: number) => Promise<Result>) {
  return on((await app()).number);
}

describe('an undo', () => {
  it.each(kinds)('brings back what was before %s, and is itself in the history', async (_what, prepare) => {
    const { stream, change } = await prepare();
    const before = await shown(stream);
    const correlationId = randomUUID();
    const reply = await change(admin({ correlationId }));
    expect(reply).toMatchObject({ ok: true });
    expect(await shown(stream)).not.toEqual(before);
    const plan = await undo(correlationId, false);
    expect(plan.map(({ standing, outcome }) => [standing, outcome])).toEqual([['ready', null]]);
    expect(await shown(stream)).not.toEqual(before);
    const idempotencyKey = randomUUID();
    const done = await undo(correlationId, true, admin({ idempotencyKey }));
    expect(done.map(({ outcome }) => outcome)).toEqual(['done']);
    expect(await shown(stream)).toEqual(before);
    const events = await fixture.temporary.log.store.readStream(stream);
    expect(await undo(correlationId, true, admin({ idempotencyKey }))).toEqual(done);
    expect(await fixture.temporary.log.store.readStream(stream)).toEqual(events);
    const [undone] = plan.flatMap(({ events }) => events.slice(-1));
    const causes = (await fixture.temporary.log.store.readStream(stream)).map(({ metadata }) => metadata.causationId);
    expect(causes.at(-1)).toBe(undone?.id);
    expect((await undo(correlationId)).map(({ standing }) => standing)).toEqual(['already']);
  });

  it.each<[string, () => Promise<{ stream: string; correlationId: string }>]>([
    [
      'user',
      async () =>
        made(async (c) =>
          streams.user(
            'main',
            valueIn(await fixture.service.createPerson({ identifier: `${unique('made')}@example.com` }, c)).uid,
          ),
        ),
    ],
    [
      'app',
      async () =>
        made(async (c) =>
          streams.app(
            'main',
            valueIn(await fixture.service.registerApp({ name: unique('App'), url: 'https://a.example.com' }, c)).uid,
          ),
        ),
    ],
    [
      'role',
      async () =>
        made(async (c) =>
          streams.role('main', valueIn(await fixture.service.createRole({ name: unique('Role') }, c)).uid),
        ),
    ],
    [
      'workspace',
      async () =>
        made(async (c) =>
          streams.workspace('main', valueIn(await fixture.service.createWorkspace({ name: unique('Space') }, c)).uid),
        ),
    ],
  ])('removes a %s that was made', async (_kind, make) => {
    const { stream, correlationId } = await make();
    const idempotencyKey = randomUUID();
    const done = await undo(correlationId, true, admin({ idempotencyKey }));
    expect(await shown(stream)).toMatchObject({ isActive: false });
    expect(await undo(correlationId, true, admin({ idempotencyKey }))).toEqual(done);
  });

  async function made(make: (context: RequestContext) => Promise<string>) {
    const correlationId = randomUUID();
    return { stream: await make(admin({ correlationId })), correlationId };
  }

  it('leaves alone what somebody changed since, and says which change stands against it', async () => {
    const { stream, change } = await onApp((id, c) => fixture.service.changeApp({ id, name: 'First' }, c));
    const correlationId = randomUUID();
    await change(admin({ correlationId }));
    const id = await numberOf(stream);
    valueIn(await fixture.service.changeApp({ id, name: 'Second' }, admin()));
    const [step] = await undo(correlationId);
    expect(step).toMatchObject({
      standing: 'conflict',
      command: null,
      against: { type: 'app.changed' },
      outcome: null,
    });
    expect(await shown(stream)).toMatchObject({ name: 'Second' });
  });

  it('takes several changes of one field back at once, to what was before the first', async () => {
    const { stream } = await onApp(async () => undefined);
    const before = await shown(stream);
    const id = await numberOf(stream);
    const correlationId = randomUUID();
    for (const name of ['One', 'Two', 'Three'])
      valueIn(await fixture.service.changeApp({ id, name }, admin({ correlationId })));
    valueIn(await fixture.service.changeApp({ id, isActive: false }, admin({ correlationId })));
    const steps = await undo(correlationId);
    expect(steps.map(({ field, events }) => [field, events.length])).toEqual([
      ['isActive', 1],
      ['details', 3],
    ]);
    expect(await shown(stream)).toEqual(before);
  });

  it('takes several roles from one person, none of which gives another back', async () => {
    const { uid } = await user();
    const stream = streams.user('main', uid);
    const before = await shown(stream);
    const correlationId = randomUUID();
    const [one, two, three] = [await role(), await role(), await role()];
    const roles = [one, two, three].map((each) => each.uid);
    const reply = await fixture.service.changePerson({ uid, roles }, admin({ correlationId }));
    expect(reply).toMatchObject({ ok: true });
    const idempotencyKey = randomUUID();
    const done = await undo(correlationId, true, admin({ idempotencyKey }));
    expect(done.map(({ outcome }) => outcome)).toEqual(['done', 'done', 'done']);
    expect(await shown(stream)).toEqual(before);
    const again = await fixture.service.changePerson({ uid, roles: [one.uid] }, admin());
    expect(again).toMatchObject({ ok: true });
    expect(await undo(correlationId, true, admin({ idempotencyKey }))).toEqual(done);
    expect(await shown(stream)).not.toEqual(before);
  });

  it('says what cannot be undone, and why', async () => {
    const { number } = await user();
    const correlationId = randomUUID();
    valueIn(
      await fixture.service.changeUser({ id: number, password: 'another good password' }, admin({ correlationId })),
    );
    const [step] = await undo(correlationId);
    expect(step).toMatchObject({
      field: 'user.password-changed',
      standing: 'cannot',
      reason: expect.stringContaining('credential'),
    });
  });

  it('tells how far the log has come where it changes nothing', async () => {
    const correlationId = randomUUID();
    const { number } = await user();
    await fixture.service.changeUser({ id: number, password: 'another good password' }, admin({ correlationId }));
    const events = await eventsOf(correlationId);
    const position = `${await fixture.temporary.log.store.lastPosition()}`;
    for (const request of [
      { events, apply: true },
      { events: [], apply: true },
    ])
      expect(await fixture.service.undoChanges(request, admin())).toMatchObject({ ok: true, position });
  });

  it('needs the right to undo, and for each step the right that it takes', async () => {
    const { stream, change } = await onApp((id, c) => fixture.service.changeApp({ id, name: 'Changed' }, c));
    const correlationId = randomUUID();
    await change(admin({ correlationId }));
    const events = await eventsOf(correlationId);
    const { context: nobody } = await fixture.holderOf('read:evident/audit');
    expect(await fixture.service.undoChanges({ events, apply: true }, nobody)).toMatchObject({
      error: { code: 'caller.not-permitted' },
    });
    const { context: auditor } = await fixture.holderOf('manage:evident/audit');
    const [step] = valueIn(await fixture.service.undoChanges({ events, apply: true }, auditor)).steps;
    expect(step).toMatchObject({ standing: 'ready', outcome: 'caller.not-permitted' });
    expect(await shown(stream)).toMatchObject({ name: 'Changed' });
  });

  it('goes on where it was broken off', async () => {
    const correlationId = randomUUID();
    const prepared = await Promise.all(
      [1, 2, 3].map(() => onApp((id, c) => fixture.service.changeApp({ id, name: unique('Changed') }, c))),
    );
    const before = await Promise.all(prepared.map(({ stream }) => shown(stream)));
    for (const { change } of prepared) await change(admin({ correlationId }));
    let appends = 0;
    fixture.appends.after = () => {
      appends += 1;
      if (appends === 2) throw new Error('the process ended');
    };
    await expect(undo(correlationId)).rejects.toThrow('the process ended');
    fixture.appends.after = undefined;
    await undo(correlationId);
    expect(await Promise.all(prepared.map(({ stream }) => shown(stream)))).toEqual(before);
    for (const { stream } of prepared) {
      const changes = (await fixture.read(stream)).filter(({ type }) => type === 'app.changed');
      expect(changes).toHaveLength(2);
    }
  });

  it('reads of streams as long as the log only what was chosen', async () => {
    const { log } = fixture.temporary;
    const attempts = streams.signIn('main', undefined);
    await new PeopleOnLog(log).append(attempts, [throttled, throttled, throttled]);
    await user();
    const endless = [attempts, streams.numbers('main', 'user')];
    const chosen = (await Promise.all(endless.map((stream) => log.store.readStreamEnd(stream, 1)))).flat();
    const events = chosen.map(({ stream, revision, id }) => ({ subject: subjectOfStream(stream) ?? '', revision, id }));
    const reading = vi.spyOn(log.store, 'readStream');
    const { steps } = valueIn(await fixture.service.undoChanges({ events, apply: true }, admin()));
    const read = await Promise.all(reading.mock.results.map(({ value }) => value));
    reading.mockRestore();
    expect(steps).toMatchObject([{ subject: 'signin:unknown', standing: 'cannot', events: [{ revision: 2 }] }]);
    const ofEndless = read.flat().filter(({ stream }) => endless.includes(stream));
    expect(ofEndless.length).toBeLessThanOrEqual(2 * chosen.length);
    expect(new Set(ofEndless.map(({ id }) => id))).toEqual(new Set(chosen.map(({ id }) => id)));
  });

  it('is refused for events that are not where they are said to be', async () => {
    const events = [{ subject: `user:${randomUUID()}`, revision: 0, id: randomUUID() }];
    expect(await fixture.service.undoChanges({ events, apply: false }, admin())).toMatchObject({
      error: { code: 'audit.unknown-subject' },
    });
  });
});
