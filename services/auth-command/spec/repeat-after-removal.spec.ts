import { randomUUID } from 'node:crypto';
import type { Reply, RequestContext } from '@evident/contracts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { AuthCommand } from '../src/auth-command.ts';
import { codeOf, type Fixture, goodPassword, openFixture, valueIn } from './fixture.ts';
import { personOn, uniqueName } from './people-fixture.ts';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await openFixture();
});
afterAll(() => fixture.remove());

interface Case {
  /** What is sent twice under one key; with another body where it takes one. */
  send(on: AuthCommand, context: RequestContext, isOther?: boolean): Promise<Reply<unknown>>;
  /** Removes what it is about, or what it named. */
  remove(on: AuthCommand, context: RequestContext): Promise<Reply<unknown>>;
}

const other = (isOther: boolean | undefined, name: string) => (isOther ? `${name}, another` : name);
const admin = () => fixture.asAdmin();
const newAgent = async () =>
  valueIn(await fixture.service.createAgent({ name: 'Export', scopes: ['read:sso/user'] }, admin()));
const newRole = async () => valueIn(await fixture.service.createRole({ name: uniqueName(), scopes: [] }, admin()));
const newWorkspace = async () => valueIn(await fixture.service.createWorkspace({ name: uniqueName() }, admin()));

async function aboutAgent(send: (uid: string) => Case['send']): Promise<Case> {
  const { uid } = await newAgent();
  return { send: send(uid), remove: (on, context) => on.removeAgent({ uid }, context) };
}

async function aboutWorkspace(send: (uid: string) => Case['send']): Promise<Case> {
  const { uid } = await newWorkspace();
  return { send: send(uid), remove: (on, context) => on.removeWorkspace({ uid }, context) };
}

async function aboutPerson(
  send: (person: Awaited<ReturnType<typeof personOn>>) => Case['send'] | Promise<Case['send']>,
): Promise<Case> {
  const person = await personOn(fixture);
  return { send: await send(person), remove: (on, context) => on.removePerson({ uid: person.uid }, context) };
}

const cases: Record<string, () => Promise<Case>> = {
  'a new agent in a workspace': () =>
    aboutWorkspace(
      (workspaceId) => (on, context, isOther) =>
        on.createAgent({ name: other(isOther, 'Export'), scopes: [], workspaceId }, context),
    ),
  'an API key of an agent': () =>
    aboutAgent((agentId) => (on, context, isOther) => on.issueApiKey({ name: other(isOther, 'ci'), agentId }, context)),
  'a changed agent': () =>
    aboutAgent(
      (uid) => (on, context, isOther) => on.changeAgent({ uid, description: other(isOther, 'Mine') }, context),
    ),
  'a changed role': async () => {
    const { uid } = await newRole();
    return {
      send: (on, context, isOther) => on.changeRole({ uid, description: other(isOther, 'Mine') }, context),
      remove: (on, context) => on.removeRole({ uid }, context),
    };
  },
  'a changed workspace': () =>
    aboutWorkspace(
      (uid) => (on, context, isOther) => on.changeWorkspace({ uid, description: other(isOther, 'Mine') }, context),
    ),
  'a member of a workspace that is no more': async () => {
    const [{ uid: userId }, { slug }] = [await personOn(fixture), await newRole()];
    return aboutWorkspace(
      (workspaceId) => (on, context, isOther) =>
        on.addMember({ workspaceId, userId, roles: isOther ? [] : [slug] }, context),
    );
  },
  'a member who is no more': async () => {
    const [{ uid: workspaceId }, { slug }] = [await newWorkspace(), await newRole()];
    return aboutPerson(
      ({ uid: userId }) =>
        (on, context, isOther) =>
          on.addMember({ workspaceId, userId, roles: isOther ? [] : [slug] }, context),
    );
  },
  'the end of a membership': async () => {
    const [{ uid: userId }, { uid: workspaceId }] = [await personOn(fixture), await newWorkspace()];
    valueIn(await fixture.service.addMember({ workspaceId, userId }, fixture.asAdmin()));
    return {
      send: (on, context) => on.removeMember({ workspaceId, userId }, context),
      remove: (on, context) => on.removeWorkspace({ uid: workspaceId }, context),
    };
  },
  'a changed person': () =>
    aboutPerson(
      ({ uid }) =>
        (on, context, isOther) =>
          on.changePerson({ uid, name: other(isOther, 'Jo'), isActive: false }, context),
    ),
  'a changed profile': () =>
    aboutPerson(
      ({ uid: userId }) =>
        (on, context, isOther) =>
          on.changeProfile({ userId, data: { text: other(isOther, 'x') }, merge: true }, context),
    ),
  'one more identifier': () => {
    const identifier = uniqueName();
    return aboutPerson(
      ({ uid: userId }) =>
        (on, context, isOther) =>
          on.addIdentifier({ userId, identifier: isOther ? `${identifier}x` : identifier }, context),
    );
  },
  'an identifier that was taken away': () =>
    aboutPerson(async ({ uid: userId, identifiers: [first] }) => {
      const added = valueIn(
        await fixture.service.addIdentifier({ userId, identifier: uniqueName() }, fixture.asAdmin()),
      );
      return (on, context, isOther) =>
        on.removeIdentifier({ userId, identifierId: (isOther ? first?.id : added.id) ?? '' }, context);
    }),
  'a password that was set': () =>
    aboutPerson(
      ({ uid: userId }) =>
        (on, context, isOther) =>
          on.addCredential({ userId, method: 'password', secret: other(isOther, goodPassword) }, context),
    ),
  'a password that was taken away': () =>
    aboutPerson(
      ({ uid: userId, credentials: [password] }) =>
        (on, context, isOther) =>
          on.removeCredential({ userId, credentialId: isOther ? randomUUID() : (password?.id ?? '') }, context),
    ),
  'the end of all sessions': () =>
    aboutPerson(
      ({ uid: userId }) =>
        (on, context) =>
          on.endSessions({ userId }, context),
    ),
};

const lengthOfLog = async () => {
  const all = await fixture.temporary.log.store.readAll(undefined, 100_000);
  return 'outcome' in all ? -1 : all.length;
};

it.each(Object.keys(cases))('%s is answered to a repeat as before once it is about nothing any more', async (name) => {
  const { service } = fixture;
  const { send, remove } = await (cases[name] ?? Promise.reject)();
  const idempotencyKey = randomUUID();
  const asked = () => fixture.asAdmin({ idempotencyKey });
  const first = await send(service, asked());
  expect(codeOf(first)).toBe('ok');
  valueIn(await remove(service, fixture.asAdmin()));
  const length = await lengthOfLog();
  expect(await send(service, asked())).toEqual(first);
  const another = codeOf(await send(service, asked(), true));
  expect(another).toBe(send.length > 2 ? 'request.idempotency-mismatch' : 'ok');
  expect(codeOf(await send(service, fixture.asAdmin()))).not.toBe('ok');
  expect(await lengthOfLog()).toBe(length);
});
