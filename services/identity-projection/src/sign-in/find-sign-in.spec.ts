import type { findSignIn, listOpenClaims, Reply, ValueOf } from '@evident/contracts';
import { requestContext } from '@evident/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningProjection, runProjection } from '../running-projection.fixture.ts';

let running: RunningProjection;
beforeAll(async () => {
  running = await runProjection();
});
afterAll(() => running.end());

type Found = ValueOf<typeof findSignIn>;

async function find(identifier: { kind: 'username' | 'email'; lookup: string }, at: string, appId?: string) {
  const reply: Reply<Found> = await running.queries.findSignIn(
    { identifier, ...(appId === undefined ? {} : { appId }) },
    requestContext({ minPosition: at }),
  );
  if (!reply.ok) throw new Error(`refused: ${reply.error.code}`);
  return reply.value;
}

describe('find-sign-in', () => {
  it('gives app and user with their revisions and the sealed hash, by name and by address, to whoever asks', async () => {
    const { people } = running;
    const app = await people.addApp();
    const user = await people.addUser({ passwordHash: 'sealed-hash' });
    const found = { uid: user.uid, revision: 3, passwordHash: 'sealed-hash' };
    expect(await find({ kind: 'username', lookup: user.usernameLookup }, user.position, app.uid)).toEqual({
      app: { uid: app.uid, revision: 1 },
      user: found,
    });
    expect(await find({ kind: 'email', lookup: user.emailLookup }, user.position)).toEqual({ app: null, user: found });
    expect(await find({ kind: 'email', lookup: user.usernameLookup }, user.position)).toEqual({
      app: null,
      user: null,
    });
  });

  it('gives a disabled user too: that is for the decision', async () => {
    const { people } = running;
    const user = await people.addUser();
    const position = await people.changeUser(user.uid, { type: 'change-user', isActive: false });
    const found = await find({ kind: 'username', lookup: user.usernameLookup }, position);
    expect(found.user).toMatchObject({ uid: user.uid, revision: 4 });
  });

  it('gives nobody and no app where they are unknown or removed', async () => {
    const { people } = running;
    const [app, user] = [await people.addApp(), await people.addUser()];
    await people.changeApp(app.uid, { type: 'remove-app', now: Date.now() });
    const position = await people.changeUser(user.uid, { type: 'remove-user' });
    const identifier = { kind: 'username', lookup: user.usernameLookup } as const;
    expect(await find(identifier, position, app.uid)).toEqual({ app: null, user: null });
    expect(await find({ kind: 'username', lookup: 'k1.nobody' }, position, user.uid)).toEqual({
      app: null,
      user: null,
    });
  });

  it('follows a name to its new holder, and lets go of the old one', async () => {
    const { people } = running;
    const [first, second] = [await people.addUser(), await people.addUser()];
    const renamed = await people.claim(first.uid, 'username', 'another name');
    const given = await people.changeUser(first.uid, { type: 'change-user', identifiers: [renamed] });
    const old = { kind: 'username', lookup: first.usernameLookup } as const;
    expect((await find(old, given)).user).toBeNull();
    expect((await find({ kind: 'username', lookup: renamed.lookup }, given)).user?.uid).toBe(first.uid);

    const { state } = await running.temporary.log.states.reservation.load(
      `reservation-main.username-${first.usernameLookup}`,
    );
    await people.release('username', first.usernameLookup, state.current?.claimId ?? '');
    const taken = await people.claim(second.uid, 'username', first.username);
    const position = await people.changeUser(second.uid, { type: 'change-user', identifiers: [taken] });
    expect((await find(old, position)).user?.uid).toBe(second.uid);
  });
});

describe('list-open-claims', () => {
  it('gives claims that nobody completed, oldest first, made before a time', async () => {
    const { people, queries } = running;
    const user = await people.addUser();
    const first = await people.claim(user.uid, 'username', 'half done');
    const second = await people.claim(user.uid, 'email', 'half@done');
    const abandoned = await people.claim(user.uid, 'email', 'given@up');
    const minPosition = await people.changeUser(user.uid, {
      type: 'abandon-claim',
      kind: 'email',
      claimId: abandoned.claimId,
    });
    const list = (before: number, limit: number) =>
      queries.listOpenClaims({ before, limit }, requestContext({ minPosition }));
    const claim = ({ kind, lookup, claimId }: typeof first) => ({ kind, lookup, claimId, holder: user.uid });
    const later = Date.now() + 1_000;
    expect(await list(later, 10)).toMatchObject({ value: { claims: [claim(first), claim(second)] } });
    expect(await list(later, 1)).toMatchObject({ value: { claims: [claim(first)] } });
    expect(await list(0, 10)).toMatchObject({ value: { claims: [] } });
  });

  it('gives each once, page by page, also where several were made in the same millisecond', async () => {
    const { people, queries } = running;
    const user = await people.addUser();
    const made: string[] = [];
    for (const n of Array(7).keys()) made.push((await people.claim(user.uid, 'username', `of many ${n}`)).claimId);
    const minPosition = await people.changeUser(user.uid, { type: 'change-user', isAdmin: true });
    const before = Date.now() + 1_000;
    for (const limit of [1, 3, 100]) {
      const seen: string[] = [];
      for (let after: ValueOf<typeof listOpenClaims>['next'] | undefined; after !== null; ) {
        const asked = { before, limit, ...(after === undefined ? {} : { after }) };
        const reply = await queries.listOpenClaims(asked, requestContext({ minPosition }));
        if (!reply.ok) throw new Error(reply.error.code);
        seen.push(...reply.value.claims.filter(({ holder }) => holder === user.uid).map(({ claimId }) => claimId));
        after = reply.value.next;
      }
      expect(seen.toSorted()).toEqual(made.toSorted());
    }
  });
});
