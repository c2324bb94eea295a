import type { UserObject } from '@evident/contracts';
import { streams } from '@evident/domain';
import { EventStoreFault } from '@evident/event-store';
import { requestContext } from '@evident/testing';
import { describe, expect, it } from 'vitest';
import { codeOf, type Fixture, goodPassword, openFixture, registerOn, valueIn } from './fixture.ts';

describe('administrators', () => {
  /** A tenant of its own, so that "the last" means something. */
  async function tenantWith(run: (own: Fixture, ann: UserObject, bob: UserObject) => Promise<void>): Promise<void> {
    const own = await openFixture({ env: { SELF_REGISTRATION: 'on' } });
    const make = async (name: string) => {
      const request = { username: name, email: `${name}@example.com`, password: goodPassword, isAdmin: true };
      return valueIn(await own.service.registerUser(request, own.asAdmin()));
    };
    const [ann, bob] = [await make('ann'), await make('bob')];
    const roster = await own.temporary.log.states.roster.load(streams.roster('main'));
    const seeded = [...roster.state.administrators.keys()].find((id) => id !== ann.uid && id !== bob.uid) ?? '';
    // The one who asks stays an administrator by the own stream and no longer counts as one who is left.
    await own.append(streams.roster('main'), { type: 'roster.revoked', data: { userId: seeded } });
    await run(own, ann, bob);
    await own.remove();
  }
  const activeOf = async (own: Fixture) =>
    (await own.read(streams.roster('main'))).length > 0
      ? [...(await own.temporary.log.states.roster.load(streams.roster('main'))).state.administrators.values()].filter(
          (standing) => standing === 'active',
        ).length
      : 0;

  it('who demote, disable or remove each other at once leave one', () =>
    tenantWith(async (own, ann, bob) => {
      const replies = await Promise.all([
        own.service.changeUser({ id: ann.number, isAdmin: false }, own.asAdmin()),
        own.service.changeUser({ id: bob.number, isActive: false }, own.asAdmin()),
      ]);
      expect(replies.map(codeOf).toSorted()).toEqual(['ok', 'user.last-administrator']);
      expect(await activeOf(own)).toBe(1);
      const last = codeOf(replies[0]) === 'ok' ? bob : ann;
      for (const members of [{ isAdmin: false }, { isActive: false }, { isActive: false, isAdmin: false }]) {
        const reply = await own.service.changeUser({ id: last.number, ...members }, own.asAdmin());
        expect(codeOf(reply)).toBe('user.last-administrator');
      }
      expect(codeOf(await own.service.removeUser({ id: last.number }, own.asAdmin()))).toBe('user.last-administrator');
    }));

  it('also where two processes ask', () =>
    tenantWith(async (own, ann, bob) => {
      const second = await own.second();
      const replies = await Promise.all([
        own.service.removeUser({ id: ann.number }, own.asAdmin()),
        second.service.removeUser({ id: bob.number }, second.asAdmin()),
      ]);
      expect(replies.map(codeOf).toSorted()).toEqual(['ok', 'user.last-administrator']);
      await second.end();
    }));

  it('who are disabled and enabled again, or demoted and promoted again, count again', () =>
    tenantWith(async (own, ann) => {
      for (const [off, on] of [
        [{ isActive: false }, { isActive: true }],
        [{ isAdmin: false }, { isAdmin: true }],
      ]) {
        valueIn(await own.service.changeUser({ id: ann.number, ...off }, own.asAdmin()));
        expect(await activeOf(own)).toBe(1);
        valueIn(await own.service.changeUser({ id: ann.number, ...on }, own.asAdmin()));
        expect(await activeOf(own)).toBe(2);
      }
    }));

  it('count again where the last step of their demotion failed, and a repeat of it goes through', () =>
    tenantWith(async (own, ann) => {
      const context = own.asAdmin();
      own.appends.before = (stream) => {
        if (stream.startsWith('user-')) throw new EventStoreFault('unavailable', 'the disk is away');
      };
      await expect(own.service.changeUser({ id: ann.number, isAdmin: false }, context)).rejects.toThrow('disk');
      own.appends.before = undefined;
      // Between the two the roster counts one too few, so that nobody can be the last by mistake.
      expect(await activeOf(own)).toBe(1);
      expect(valueIn(await own.service.changeUser({ id: ann.number, isAdmin: false }, context)).isAdmin).toBe(false);
      expect(await activeOf(own)).toBe(1);
    }));

  it('are not saved by one who is enabled and disabled at once', () =>
    tenantWith(async (own, ann, bob) => {
      valueIn(await own.service.changeUser({ id: ann.number, isActive: false }, own.asAdmin()));
      const [granting, granted, disabling, goOn] = Array.from({ length: 4 }, () => Promise.withResolvers<void>());
      own.appends.before = async (_stream, [first]) => {
        if (first?.type === 'roster.granted') {
          granting?.resolve();
          await granted?.promise;
        }
        if (first?.type === 'user.deactivated') {
          disabling?.resolve();
          await goOn?.promise;
        }
      };
      const enabled = own.service.changeUser({ id: ann.number, isActive: true }, own.asAdmin());
      await granting?.promise;
      const disabled = own.service.changeUser({ id: ann.number, isActive: false }, own.asAdmin());
      // Takes longer than the way of that one to the stream of its user.
      await registerOn(own, 'carl');
      granted?.resolve();
      expect(codeOf(await enabled)).toBe('ok');
      await disabling?.promise;
      const other = own.service.changeUser({ id: bob.number, isActive: false }, own.asAdmin());
      await registerOn(own, 'dora');
      goOn?.resolve();
      expect((await Promise.all([disabled, other])).map(codeOf)).toEqual(['ok', 'user.last-administrator']);
    }));

  it('are not saved by an entry of the roster that a crash left behind', () =>
    tenantWith(async (own, ann, bob) => {
      await own.append(streams.user('main', bob.uid), { type: 'user.admin-revoked', data: { generation: 2 } });
      expect(codeOf(await own.service.changeUser({ id: ann.number, isAdmin: false }, own.asAdmin()))).toBe(
        'user.last-administrator',
      );
    }));

  it('of whom one has to stay take no address meanwhile from who never verified it', () =>
    tenantWith(async (own, ann, bob) => {
      valueIn(await own.service.removeUser({ id: bob.number }, own.asAdmin()));
      const email = 'squat@example.com';
      const request = { identifier: email, password: goodPassword, fromThisMachine: false };
      const { userId } = valueIn(await own.service.registerPerson(request, requestContext()));
      const reply = await own.service.changeUser({ id: ann.number, email, isActive: false }, own.asAdmin());
      expect(codeOf(reply)).toBe('user.last-administrator');
      const { state } = await own.temporary.log.states.user.load(streams.user('main', userId));
      expect(state.identifiers).toHaveLength(1);
    }));

  it('count again where their disabling failed on an address that is taken', () =>
    tenantWith(async (own, ann, bob) => {
      const changed = { id: ann.number, email: bob.email, isActive: false };
      expect(codeOf(await own.service.changeUser(changed, own.asAdmin()))).toBe('user.email-taken');
      expect(await activeOf(own)).toBe(2);
    }));
});
