import { credentialsOf } from '@evident/caller';
import { streams } from '@evident/domain';
import { requestContext } from '@evident/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codeOf, type Fixture, goodPassword, valueIn } from './fixture.ts';
import { again, asPerson, openRegistration, personOn, stateOf } from './people-fixture.ts';

let fixture: Fixture;

beforeAll(async () => {
  fixture = await openRegistration();
});
afterAll(() => fixture.remove());

const better = 'another good password';
const nameOf = ({ identifiers }: Awaited<ReturnType<typeof personOn>>) => identifiers[0]?.value ?? '';
const signIn = async (username: string, password: string) =>
  codeOf(await fixture.service.authenticate({ username, password, purpose: 'session' }, requestContext()));

describe('one’s own password', () => {
  it('is changed by who knows the old one, and ends every session', async () => {
    const person = await personOn(fixture);
    const context = await asPerson(fixture, person.uid);
    const asked = { oldPassword: goodPassword, newPassword: better };
    expect(valueIn(await fixture.service.changeOwnPassword(asked, context))).toEqual({});
    expect([await signIn(nameOf(person), goodPassword), await signIn(nameOf(person), better)]).toEqual([
      'signin.refused',
      'ok',
    ]);
    expect(codeOf(await fixture.service.changeOwnPassword(asked, again(context)))).toBe('caller.bad-credential');
  });

  it('is not changed by a wrong old one, which leaves its event', async () => {
    const person = await personOn(fixture);
    const context = await asPerson(fixture, person.uid);
    const asked = { oldPassword: 'wrong password', newPassword: better };
    expect(codeOf(await fixture.service.changeOwnPassword(asked, context))).toBe('user.wrong-password');
    expect(await fixture.signIns(person.uid)).toMatchObject([
      { type: 'signin.failed', data: { reason: 'wrong-password', userId: person.uid } },
    ]);
    expect((await stateOf(fixture, person.uid)).generation).toBe(1);
  });

  it('is not changed by a key, nor by an agent: each is told that it takes a sign-in', async () => {
    const { uid } = await personOn(fixture, { scopes: ['*:*'] });
    const { service } = fixture;
    const issue = async (more: object) =>
      requestContext({
        credential: valueIn(await service.issueApiKey({ name: 'ci', ...more }, fixture.asAdmin())).key,
      });
    const agent = valueIn(await service.createAgent({ name: 'Robot', scopes: [] }, fixture.asAdmin()));
    const own = valueIn(await service.issueApiKey({ name: 'own' }, await asPerson(fixture, uid)));
    const asked = { oldPassword: goodPassword, newPassword: better };
    for (const context of [await issue({ agentId: agent.uid }), requestContext({ credential: own.key })]) {
      expect(await service.changeOwnPassword(asked, context)).toMatchObject({
        error: { code: 'caller.not-permitted', details: { reason: expect.stringContaining('sign-in') } },
      });
    }
  });

  it('is guessed with a stolen token no faster than at sign-in', async () => {
    const person = await personOn(fixture);
    const context = await asPerson(fixture, person.uid);
    const codes: string[] = [];
    for (let count = 0; count < 12; count++) {
      const asked = { oldPassword: `wrong ${count}`, newPassword: better };
      codes.push(codeOf(await fixture.service.changeOwnPassword(asked, again(context))));
    }
    expect(codes).toContain('request.too-many-attempts');
  });

  it('is not set over what ended the session at the last moment', async () => {
    const known = await personOn(fixture);
    const unset = await personOn(fixture, { scopes: ['create:sso/credential'] });
    await fixture.append(streams.user('main', unset.uid), { type: 'user.password-removed', data: { generation: 2 } });
    const change = { oldPassword: goodPassword, newPassword: better };
    const first = { userId: unset.uid, method: 'password' as const, secret: better };
    const [knownContext, unsetContext] = [await asPerson(fixture, known.uid), await asPerson(fixture, unset.uid)];
    for (const [uid, generation, act] of [
      [known.uid, 2, () => fixture.service.changeOwnPassword(change, knownContext)],
      [unset.uid, 3, () => fixture.service.addCredential(first, unsetContext)],
    ] as const) {
      const stream = streams.user('main', uid);
      fixture.appends.before = async (written, [event]) => {
        if (written !== stream || event?.type !== 'user.password-changed') return;
        fixture.appends.before = undefined;
        await fixture.append(stream, { type: 'user.deactivated', data: { generation } });
      };
      expect(codeOf(await act())).toBe('caller.bad-credential');
      expect((await stateOf(fixture, uid)).generation).toBe(generation);
    }
  });

  it('keeps the policy, which is held against the new one before the old one is judged', async () => {
    const person = await personOn(fixture);
    const context = await asPerson(fixture, person.uid);
    const computed = fixture.hasher.computed;
    for (const oldPassword of [goodPassword, 'wrong password']) {
      const reply = await fixture.service.changeOwnPassword(
        { oldPassword, newPassword: nameOf(person) },
        again(context),
      );
      expect(codeOf(reply)).toBe('user.password-unacceptable');
    }
    // Else a thief of a token would learn which guess is right, and no event would say that it was made.
    expect(fixture.hasher.computed).toBe(computed);
    expect(await fixture.signIns(person.uid)).toEqual([]);
  });
});

describe('a password set by somebody else', () => {
  it('takes the place of the one before, and ends the sessions', async () => {
    const person = await personOn(fixture);
    const set = { userId: person.uid, method: 'password' as const, secret: better };
    const credential = valueIn(await fixture.service.addCredential(set, fixture.asAdmin()));
    expect(credential).toMatchObject({ id: person.credentials[0]?.id, method: 'password' });
    expect(await signIn(nameOf(person), better)).toBe('ok');
    expect((await stateOf(fixture, person.uid)).generation).toBe(2);
  });

  it('is not one’s own where there is one: that takes the old one', async () => {
    const { uid } = await personOn(fixture, { scopes: ['create:sso/credential'] });
    const set = { userId: uid, method: 'password' as const, secret: better };
    expect(codeOf(await fixture.service.addCredential(set, await asPerson(fixture, uid)))).toBe(
      'user.credential-exists',
    );
  });

  it('can be taken away, after which a right password is as wrong as any', async () => {
    const person = await personOn(fixture);
    const [credential] = person.credentials;
    const removal = { userId: person.uid, credentialId: credential?.id ?? '' };
    const context = fixture.asAdmin();
    expect(valueIn(await fixture.service.removeCredential(removal, context))).toEqual(credential);
    expect(valueIn(await fixture.service.removeCredential(removal, context))).toEqual(credential);
    const computed = fixture.hasher.computed;
    expect(await signIn(nameOf(person), goodPassword)).toBe('signin.refused');
    expect(fixture.hasher.computed).toBe(computed + 1);
    expect(codeOf(await fixture.service.removeCredential(removal, fixture.asAdmin()))).toBe('user.credential-unknown');
    const set = { userId: person.uid, method: 'password' as const, secret: better };
    valueIn(await fixture.service.addCredential(set, fixture.asAdmin()));
    expect(await signIn(nameOf(person), better)).toBe('ok');
  });

  it('stays with the last active administrator who has one', async () => {
    const only = await openRegistration();
    const administrator = async (username: string) => {
      const wanted = { username, email: `${username}@example.com`, password: goodPassword, isAdmin: true };
      const { uid } = valueIn(await only.service.registerUser(wanted, only.asAdmin()));
      const [password] = credentialsOf(uid, { passwordSetAt: 0 });
      return { uid, asked: { userId: uid, credentialId: password?.id ?? '' } };
    };
    const [first, second] = [await administrator('boss'), await administrator('deputy')];
    const standing = async () => (await only.temporary.log.states.roster.load(streams.roster('main'))).state;
    const before = [...(await standing()).administrators.keys()].find((uid) => uid !== first.uid && uid !== second.uid);
    valueIn(await only.service.removePerson({ uid: before ?? '' }, again(await asPerson(only, first.uid))));
    const asFirst = async () => again(await asPerson(only, first.uid));
    const taken = await asFirst();
    for (let times = 1; times <= 2; times++)
      expect(codeOf(await only.service.removeCredential(second.asked, taken))).toBe('ok');
    expect((await standing()).administrators.get(second.uid)).toBe('active');
    const last = 'user.last-administrator';
    expect(codeOf(await only.service.removeCredential(first.asked, await asFirst()))).toBe(last);
    expect(codeOf(await only.service.changePerson({ uid: first.uid, isActive: false }, await asFirst()))).toBe(last);
    expect(codeOf(await only.service.removePerson({ uid: first.uid }, await asFirst()))).toBe(last);
    const set = { userId: second.uid, method: 'password' as const, secret: better };
    valueIn(await only.service.addCredential(set, await asFirst()));
    expect(codeOf(await only.service.removeCredential(first.asked, await asFirst()))).toBe('ok');
    await only.remove();
  });

  it('is no condition: who was made without one signs in once it was set', async () => {
    const identifier = 'later@example.com';
    const { uid, credentials } = valueIn(await fixture.service.createPerson({ identifier }, fixture.asAdmin()));
    expect(credentials).toEqual([]);
    expect(await signIn(identifier, goodPassword)).toBe('signin.refused');
    const set = { userId: uid, method: 'password' as const, secret: goodPassword };
    valueIn(await fixture.service.addCredential(set, fixture.asAdmin()));
    expect(await signIn(identifier, goodPassword)).toBe('ok');
  });
});

describe('a profile', () => {
  const change = (data: object, more: object, context: ReturnType<Fixture['asAdmin']>) =>
    fixture.service.changeProfile({ data: data as Record<string, string>, merge: true, ...more }, context);

  it('is one’s own to write, member by member', async () => {
    const { uid } = await personOn(fixture);
    const context = await asPerson(fixture, uid);
    expect(valueIn(await change({ city: 'Bonn', age: 36 }, {}, again(context)))).toMatchObject({
      userId: uid,
      data: { age: 36, city: 'Bonn' },
    });
    expect(valueIn(await change({ city: null, name: 'Ada' }, {}, again(context))).data).toEqual({
      age: 36,
      name: 'Ada',
    });
    expect(valueIn(await change({}, { merge: false }, again(context))).data).toEqual({});
  });

  it('is not written through a key of one’s own that was given less, which is told the scope', async () => {
    const through = async (scopes?: string[]) => {
      const asked = { name: 'ci', ...(scopes === undefined ? {} : { scopes }) };
      const { key } = valueIn(await fixture.service.issueApiKey(asked, fixture.asAdmin()));
      return change({ city: 'Bonn' }, {}, requestContext({ credential: key }));
    };
    for (const scopes of [[], ['read:sso/user']]) {
      const refused = { code: 'caller.not-permitted', details: { missing: 'update:sso/profile' } };
      expect(await through(scopes)).toMatchObject({ ok: false, error: refused });
    }
    expect([codeOf(await through(['update:sso/profile'])), codeOf(await through())]).toEqual(['ok', 'ok']);
  });

  it('of somebody else is unknown without the scope, and is new once', async () => {
    const [{ uid: userId }, { uid }] = [await personOn(fixture), await personOn(fixture)];
    expect(codeOf(await change({ a: 'b' }, { userId }, await asPerson(fixture, uid)))).toBe('user.unknown');
    expect(codeOf(await change({ a: 'b' }, { userId, mustBeNew: true }, fixture.asAdmin()))).toBe('ok');
    expect(codeOf(await change({ a: 'b' }, { userId, mustBeNew: true }, fixture.asAdmin()))).toBe(
      'user.profile-exists',
    );
  });

  it('is new for one of two who write it at once', async () => {
    const { uid: userId } = await personOn(fixture);
    const replies = await Promise.all(
      ['ann', 'bob'].map((by) => change({ by }, { userId, merge: false, mustBeNew: true }, fixture.asAdmin())),
    );
    expect(replies.map(codeOf).toSorted()).toEqual(['ok', 'user.profile-exists']);
    const [first] = replies.filter(({ ok }) => ok);
    expect(JSON.parse((await stateOf(fixture, userId)).profile)).toEqual(
      first === undefined ? {} : valueIn(first).data,
    );
  });

  it.each([
    ['too long', 'x'.repeat(17_000)],
    ['half of a surrogate pair', '\ud800'],
  ])('holds no text that is %s', async (_what, text) => {
    const { uid } = await personOn(fixture);
    expect(await change({ text }, {}, await asPerson(fixture, uid))).toMatchObject({
      error: { code: 'request.invalid', details: { field: 'profile_data' } },
    });
  });

  it('is of bounded size also where two write it at once, and neither is told of what was not done', async () => {
    const { uid } = await personOn(fixture);
    const context = await asPerson(fixture, uid);
    const texts = ['one', 'two'].map((name) => ({ [name]: 'x'.repeat(9_000) }));
    const replies = await Promise.all(texts.map((text) => change(text, {}, again(context))));
    expect(replies.map(codeOf).toSorted()).toEqual(['ok', 'request.invalid']);
  });

  it('keeps what two write at once', async () => {
    const { uid } = await personOn(fixture);
    const context = await asPerson(fixture, uid);
    const members = Array.from({ length: 6 }, (_, place) => `member${place}`);
    await Promise.all(members.map((name) => change({ [name]: 'written' }, {}, again(context))));
    expect(Object.keys(JSON.parse((await stateOf(fixture, uid)).profile))).toEqual(members);
  });
});
