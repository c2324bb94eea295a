import { randomUUID } from 'node:crypto';
import type { RequestContext } from '@evident/contracts';
import { streams } from '@evident/domain';
import { describe, expect, it } from 'vitest';
import { valueIn } from './fixture.ts';
import { type Change, openUndo } from './undo-fixture.ts';

const undoing = openUndo();
const { admin, unique, workspace, shown, undo, onUser, onPerson, onApp, onRole, onWorkspace, assignment } = undoing;

/** Kinds of change on something that was prepared, each with the stream that shows it. */
const kinds: readonly [string, () => Promise<{ stream: string; change: Change }>][] = [
  ['a disabled user', () => onUser((id, c) => undoing.fixture.service.changeUser({ id, isActive: false }, c))],
  [
    'a user who was enabled',
    () =>
      onUser(
        (id, c) => undoing.fixture.service.changeUser({ id, isActive: true }, c),
        (id, c) => undoing.fixture.service.changeUser({ id, isActive: false }, c),
      ),
  ],
  ['a new administrator', () => onUser((id, c) => undoing.fixture.service.changeUser({ id, isAdmin: true }, c))],
  [
    'a demoted administrator',
    () =>
      onUser(
        (id, c) => undoing.fixture.service.changeUser({ id, isAdmin: false }, c),
        (id, c) => undoing.fixture.service.changeUser({ id, isAdmin: true }, c),
      ),
  ],
  [
    'an assignment',
    async () => assignment((appId) => onUser((userId, c) => undoing.fixture.service.assignApp({ userId, appId }, c))),
  ],
  [
    'a taken assignment',
    async () =>
      assignment((appId) =>
        onUser(
          (userId, c) => undoing.fixture.service.unassignApp({ userId, appId }, c),
          (userId, c) => undoing.fixture.service.assignApp({ userId, appId }, c),
        ),
      ),
  ],
  [
    'a name of a person',
    () => onPerson((uid, c) => undoing.fixture.service.changePerson({ uid, name: 'Another Name' }, c)),
  ],
  [
    'an avatar',
    () => onPerson((uid, c) => undoing.fixture.service.changePerson({ uid, avatarUrl: 'https://x.example.com/y' }, c)),
  ],
  [
    'custom claims',
    () => onPerson((uid, c) => undoing.fixture.service.changePerson({ uid, customClaims: { a: 1 } }, c)),
  ],
  [
    'a profile',
    () => onPerson((userId, c) => undoing.fixture.service.changeProfile({ userId, data: { b: 2 }, merge: false }, c)),
  ],
  [
    'a mark of being limited',
    () => onPerson((uid, c) => undoing.fixture.service.changePerson({ uid, isLimited: true }, c)),
  ],
  [
    'a lifted limit',
    () =>
      onPerson(
        (uid, c) => undoing.fixture.service.changePerson({ uid, isLimited: false }, c),
        (uid, c) => undoing.fixture.service.changePerson({ uid, isLimited: true }, c),
      ),
  ],
  ['a ban', () => onPerson((uid, c) => undoing.fixture.service.changePerson({ uid, status: 'banned' }, c))],
  [
    'scopes of a person',
    () => onPerson((uid, c) => undoing.fixture.service.changePerson({ uid, scopes: ['read:sso/app'] }, c)),
  ],
  [
    'another name and address of an app',
    () => onApp((id, c) => undoing.fixture.service.changeApp({ id, name: 'New', url: 'https://new.example.com' }, c)),
  ],
  ['a disabled app', () => onApp((id, c) => undoing.fixture.service.changeApp({ id, isActive: false }, c))],
  [
    'an enabled app',
    () =>
      onApp(
        (id, c) => undoing.fixture.service.changeApp({ id, isActive: true }, c),
        (id, c) => undoing.fixture.service.changeApp({ id, isActive: false }, c),
      ),
  ],
  [
    'a changed role',
    () => onRole((uid, c) => undoing.fixture.service.changeRole({ uid, name: 'Renamed', scopes: ['read:sso/app'] }, c)),
  ],
  ['a disabled role', () => onRole((uid, c) => undoing.fixture.service.changeRole({ uid, isActive: false }, c))],
  [
    'a changed workspace',
    () =>
      onWorkspace((uid, c) => undoing.fixture.service.changeWorkspace({ uid, name: 'Renamed', settings: { a: 1 } }, c)),
  ],
  [
    'a disabled workspace',
    () => onWorkspace((uid, c) => undoing.fixture.service.changeWorkspace({ uid, isActive: false }, c)),
  ],
  [
    'a member of a workspace',
    async () => {
      const { uid: workspaceId } = await workspace();
      return onPerson((userId, c) => undoing.fixture.service.addMember({ workspaceId, userId, roles: [] }, c));
    },
  ],
  [
    'a member who was taken out',
    async () => {
      const { uid: workspaceId } = await workspace();
      return onPerson(
        (userId, c) => undoing.fixture.service.removeMember({ workspaceId, userId }, c),
        (userId, c) => undoing.fixture.service.addMember({ workspaceId, userId, roles: [] }, c),
      );
    },
  ],
];

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
    const events = await undoing.fixture.temporary.log.store.readStream(stream);
    expect(await undo(correlationId, true, admin({ idempotencyKey }))).toEqual(done);
    expect(await undoing.fixture.temporary.log.store.readStream(stream)).toEqual(events);
    const [undone] = plan.flatMap(({ events }) => events.slice(-1));
    const causes = (await undoing.fixture.temporary.log.store.readStream(stream)).map(
      ({ metadata }) => metadata.causationId,
    );
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
            valueIn(await undoing.fixture.service.createPerson({ identifier: `${unique('made')}@example.com` }, c)).uid,
          ),
        ),
    ],
    [
      'app',
      async () =>
        made(async (c) =>
          streams.app(
            'main',
            valueIn(await undoing.fixture.service.registerApp({ name: unique('App'), url: 'https://a.example.com' }, c))
              .uid,
          ),
        ),
    ],
    [
      'role',
      async () =>
        made(async (c) =>
          streams.role('main', valueIn(await undoing.fixture.service.createRole({ name: unique('Role') }, c)).uid),
        ),
    ],
    [
      'workspace',
      async () =>
        made(async (c) =>
          streams.workspace(
            'main',
            valueIn(await undoing.fixture.service.createWorkspace({ name: unique('Space') }, c)).uid,
          ),
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
});
