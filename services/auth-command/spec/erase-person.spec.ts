import { everything } from '@evident/caller';
import { streams } from '@evident/domain';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { codeOf, type Fixture, goodPassword, openFixture, registerOn, valueIn } from './fixture.ts';

let fixture: Fixture;
let serial = 0;
beforeAll(async () => {
  fixture = await openFixture();
});
afterEach(() => {
  Object.assign(fixture.appends, { before: undefined, after: undefined });
});
afterAll(() => fixture.remove());

const someone = () => registerOn(fixture, `erasable${++serial}`);
const erase = (userId: string, identifiers: 'kept' | 'freed' = 'kept') =>
  fixture.service.erasePerson({ userId, identifiers }, fixture.asAdmin());
const stateOf = async (uid: string) => (await fixture.temporary.log.states.user.load(streams.user('main', uid))).state;
const hasKey = async (uid: string) => (await fixture.temporary.log.personKeys.find([uid])).has(uid);
/** Who holds the names and addresses that were this user's. */
const holdersOf = async (uid: string) => {
  const added = (await fixture.read(streams.user('main', uid))).filter(({ type }) => type === 'user.identifier-added');
  const held = added.map(async ({ data }) => {
    const { kind, lookup } = data as { kind: 'username' | 'email'; lookup: string };
    const { states } = fixture.temporary.log;
    return (await states.reservation.load(streams.reservation('main', kind, lookup))).state.current?.holder ?? [];
  });
  return (await Promise.all(held)).flat();
};
const register = (username: string) =>
  fixture.service.registerUser(
    { username, email: `${username}@other.example.com`, password: goodPassword, isAdmin: false },
    fixture.asAdmin(),
  );

describe('erasing a person', () => {
  it('ends the user, deletes the key and says so, once', async () => {
    const { uid } = await someone();
    expect(valueIn(await erase(uid))).toEqual({ userId: uid });
    expect(await stateOf(uid)).toMatchObject({ removed: true, erased: true, isActive: false });
    expect(await hasKey(uid)).toBe(false);
    const events = await fixture.read(streams.user('main', uid));
    expect(events.slice(-2).map(({ type }) => type)).toEqual(['user.removed', 'user.erased']);
    expect(events.find(({ type }) => type === 'user.identifier-added')?.data).toMatchObject({ value: 'erased' });
    expect(valueIn(await erase(uid))).toEqual({ userId: uid });
    expect(await fixture.read(streams.user('main', uid))).toHaveLength(events.length);
  });

  it('keeps the name for ever, or lets anybody take it', async () => {
    const [kept, freed] = [await someone(), await someone()];
    valueIn(await erase(kept.uid, 'kept'));
    valueIn(await erase(freed.uid, 'freed'));
    expect(codeOf(await register(kept.username))).toBe('user.username-taken');
    expect(codeOf(await register(freed.username))).toBe('ok');
  });

  it('erases who was removed before', async () => {
    const user = await someone();
    valueIn(await fixture.service.removeUser({ id: user.number }, fixture.asAdmin()));
    valueIn(await erase(user.uid, 'freed'));
    expect(await hasKey(user.uid)).toBe(false);
    expect(codeOf(await register(user.username))).toBe('ok');
  });

  it('asks nothing for what somebody held until they were removed', async () => {
    const user = await someone();
    valueIn(await fixture.service.changePerson({ uid: user.uid, scopes: ['manage:sso/role'] }, fixture.asAdmin()));
    const erased = async () => {
      const { context } = await fixture.holderOf('manage:evident/privacy');
      return codeOf(await fixture.service.erasePerson({ userId: user.uid, identifiers: 'kept' }, context));
    };
    expect(await erased()).toBe('caller.not-permitted');
    valueIn(await fixture.service.removeUser({ id: user.number }, fixture.asAdmin()));
    expect(await erased()).toBe('ok');
  });

  it('is refused to whoever asks for their own, also with a key of theirs: the certificate would be nobody’s to ask for', async () => {
    const { userId, context } = await fixture.holderOf('manage:evident/privacy', 'create:sso/apikey');
    const { key } = valueIn(await fixture.service.issueApiKey({ name: 'own' }, context));
    for (const own of [context, { ...context, credential: key }]) {
      const refused = await fixture.service.erasePerson({ userId, identifiers: 'kept' }, own);
      expect(codeOf(refused)).toBe('user.own-erasure');
    }
    expect(await stateOf(userId)).toMatchObject({ removed: false, erased: false });
  });

  it('is refused for nobody, for the last administrator, and to who may not', async () => {
    const { uid } = await someone();
    expect(codeOf(await erase('00000000-0000-4000-8000-000000000000'))).toBe('user.unknown');
    const roster = await fixture.temporary.log.states.roster.load(streams.roster('main'));
    const [last] = roster.state.administrators.keys();
    const { context: equal } = await fixture.holderOf(...everything);
    expect(roster.state.administrators.size).toBe(1);
    expect(codeOf(await fixture.service.erasePerson({ userId: last ?? '', identifiers: 'kept' }, equal))).toBe(
      'user.last-administrator',
    );
    const { context } = await fixture.holderOf('manage:sso/user', 'manage:evident/ops');
    expect(codeOf(await fixture.service.erasePerson({ userId: uid, identifiers: 'kept' }, context))).toBe(
      'caller.not-permitted',
    );
    const { context: privacy } = await fixture.holderOf('manage:evident/privacy');
    expect(codeOf(await fixture.service.erasePerson({ userId: uid, identifiers: 'kept' }, privacy))).toBe('ok');
  });
});

it('leaves an administrator on the roster where it could not be asked for', async () => {
  const request = { username: 'eraser', email: 'eraser@example.com', password: goodPassword, isAdmin: true };
  const { uid } = valueIn(await fixture.service.registerUser(request, fixture.asAdmin()));
  fixture.appends.before = async (stream, [first]) => {
    if (first?.type !== 'erasure.requested') return;
    await fixture.append(stream, {
      type: 'erasure.completed',
      data: { userId: '00000000-0000-4000-8000-000000000000' },
    });
  };
  expect(codeOf(await erase(uid))).toBe('write.contended');
  const { state } = await fixture.temporary.log.states.roster.load(streams.roster('main'));
  expect(state.administrators.get(uid)).toBe('active');
});

class ProcessEnded extends Error {}

// that it was asked for, the user (removed, erased), that it is done
const steps = [1, 2, 3].flatMap((step) => (['before', 'after'] as const).map((when) => [step, when] as const));

describe.each(steps)('an erasure that ended at append %i, %s it was durable,', (step, when) => {
  it.each(['kept', 'freed'] as const)(
    'is complete after the next start, or was never begun; names %s',
    async (policy) => {
      const { uid } = await someone();
      let appends = 0;
      fixture.appends[when] = () => {
        appends += 1;
        if (appends >= step) throw new ProcessEnded();
      };
      await expect(erase(uid, policy)).rejects.toThrow(ProcessEnded);
      Object.assign(fixture.appends, { before: undefined, after: undefined });
      const begun = !(step === 1 && when === 'before');
      await fixture.service.erasures.resume();
      expect([(await stateOf(uid)).erased, await hasKey(uid)]).toEqual([begun, !begun]);
      expect(await holdersOf(uid)).toEqual(begun && policy === 'freed' ? [] : [uid, uid]);
      expect(await fixture.service.erasures.resume()).toBe(0);
    },
  );
});
