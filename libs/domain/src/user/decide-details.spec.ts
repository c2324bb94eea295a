import { given } from '@evident/testing';
import { describe, expect, test } from 'vitest';
import { reject } from '../decider.ts';
import type { UserCommand, UserDetails } from './commands.ts';
import { userDecider } from './decide.ts';
import type { UserEvent } from './events.ts';

const idOf = (number: number) => `00000000-0000-4000-8000-00000000000${number}`;
const [editor, reader, team, other] = [idOf(1), idOf(2), idOf(3), idOf(4)];
const registered: UserEvent[] = [
  { type: 'user.registered', data: { number: 1 } },
  { type: 'user.password-changed', data: { passwordHash: 'sealed', generation: 1 } },
];
const change = (details: UserDetails) => ({ type: 'change-user', ...details }) as const;
const granted = (roleId: string): UserEvent => ({ type: 'user.role-granted', data: { roleId } });
const revoked = (roleId: string): UserEvent => ({ type: 'user.role-revoked', data: { roleId } });
const joined = (workspaceId: string, roleIds: string[]): UserEvent => ({
  type: 'user.workspace-joined',
  data: { workspaceId, roleIds },
});
const left = (workspaceId: string): UserEvent => ({ type: 'user.workspace-left', data: { workspaceId } });

describe('roles', () => {
  test('that are taken away leave the others, and what does not name them leaves all', () => {
    const both = [...registered, granted(editor), granted(reader)];
    const { state } = given(userDecider, both).when(change({ roleIds: [reader] }));
    expect(state.roleIds).toEqual([reader]);
    given(userDecider, both)
      .when(change({ name: 'Ada' }))
      .then([{ type: 'user.named', data: { name: 'Ada' } }]);
  });

  test('that are given are all that the user has', () => {
    given(userDecider, [...registered, granted(editor)])
      .when(change({ roleIds: [reader, reader] }))
      .then([revoked(editor), granted(reader)]);
    given(userDecider, [...registered, granted(editor), granted(reader)])
      .when(change({ roleIds: [reader, editor] }))
      .then([]);
  });

  test('end no session', () => {
    const { state } = given(userDecider, registered).when(
      change({ roleIds: [editor], scopes: ['read:x'], workspaces: [{ workspaceId: team, roleIds: [editor] }] }),
      change({ roleIds: [], scopes: [], workspaces: [] }),
    );
    expect(state.generation).toBe(1);
  });
});

describe('scopes', () => {
  test('stay where a change does not name them, and another set is another', () => {
    const held: UserEvent = { type: 'user.scopes-assigned', data: { scopes: ['read:x', 'read:y'] } };
    given(userDecider, [...registered, held])
      .when(change({ name: 'Ada' }))
      .then([{ type: 'user.named', data: { name: 'Ada' } }]);
    given(userDecider, [...registered, held])
      .when(change({ scopes: ['read:x'] }))
      .then([{ type: 'user.scopes-assigned', data: { scopes: ['read:x'] } }]);
  });

  test('are a set, and the same set again is already so', () => {
    given(userDecider, registered)
      .when(change({ scopes: ['read:x', 'read:y', 'read:x'] }))
      .then([{ type: 'user.scopes-assigned', data: { scopes: ['read:x', 'read:y'] } }]);
    given(userDecider, registered)
      .when(change({ scopes: ['read:x', 'read:y'] }), change({ scopes: ['read:y', 'read:x'] }))
      .then([]);
  });
});

describe('workspaces', () => {
  test('are left, joined and kept as the whole list says', () => {
    given(userDecider, [...registered, joined(team, [editor])])
      .when(change({ workspaces: [{ workspaceId: other, roleIds: [] }] }))
      .then([left(team), joined(other, [])]);
    given(userDecider, [...registered, joined(team, [editor])])
      .when(change({ workspaces: [{ workspaceId: team, roleIds: [editor] }] }))
      .then([]);
  });

  test('one by one: joining, other roles there, and leaving, each once', () => {
    const join = { type: 'join-workspace', workspaceId: team, roleIds: [editor] } as const;
    given(userDecider, registered).when(join, join).then([]);
    given(userDecider, registered)
      .when(join, { ...join, roleIds: [reader] })
      .then([{ type: 'user.workspace-roles-changed', data: { workspaceId: team, roleIds: [reader] } }]);
    const leave = { type: 'leave-workspace', workspaceId: team } as const;
    given(userDecider, registered).when(join, leave, leave).then([]);
    given(userDecider, registered)
      .when(join, leave)
      .then([left(team)]);
    const { state } = given(userDecider, [...registered, joined(other, [reader])]).when(join, leave);
    expect([...state.workspaces]).toEqual([[other, [reader]]]);
  });
});

describe('activity', () => {
  const deactivated: UserEvent = { type: 'user.deactivated', data: { generation: 2 } };
  const banned: UserEvent = { type: 'user.status-changed', data: { status: 'banned' } };

  test('ends with any status but active, once, and tells why', () => {
    given(userDecider, registered)
      .when(change({ status: 'banned' }))
      .then([deactivated, banned]);
    for (const details of [{ status: 'deactive' }, { isActive: false }] satisfies UserDetails[]) {
      const switched = given(userDecider, registered).when(change(details));
      switched.then([deactivated]);
      expect(switched.state).toMatchObject({ isActive: false, status: 'deactive' });
    }
    given(userDecider, registered)
      .when(change({ status: 'banned' }), change({ status: 'banned' }))
      .then([]);
    given(userDecider, [...registered, deactivated])
      .when(change({ status: 'banned' }))
      .then([banned]);
  });

  test('comes back with the status active, whichever way it is said', () => {
    for (const details of [{ isActive: true }, { status: 'active' }] satisfies UserDetails[]) {
      const back = given(userDecider, [...registered, deactivated, banned]).when(change(details));
      back.then([{ type: 'user.reactivated', data: {} }]);
      expect(back.state).toMatchObject({ isActive: true, status: 'active', generation: 2 });
    }
  });
});

describe('what is written about a user', () => {
  test('is one event for each that changes', () => {
    const texts = { name: 'Ada', avatarUrl: 'https://example.com', customClaims: '{"a":1}', profile: '{}' };
    given(userDecider, registered)
      .when(change({ ...texts, isLimited: true }))
      .then([
        { type: 'user.limited', data: {} },
        { type: 'user.named', data: { name: 'Ada' } },
        { type: 'user.avatar-changed', data: { avatarUrl: 'https://example.com' } },
        { type: 'user.custom-claims-changed', data: { customClaims: '{"a":1}' } },
        { type: 'user.profile-changed', data: { profile: '{}' } },
      ]);
    given(userDecider, registered).when(change(texts), change(texts)).then([]);
    given(userDecider, registered)
      .when(change({ isLimited: true }), change({ isLimited: false }))
      .then([{ type: 'user.limit-lifted', data: {} }]);
    const limits = [true, false].map((isLimited) => change({ isLimited })) as [UserCommand, UserCommand];
    expect(given(userDecider, registered).when(limits[0]).state.isLimited).toBe(true);
    expect(given(userDecider, registered).when(...limits).state).toMatchObject({ isLimited: false, isActive: true });
  });
});

describe('a password', () => {
  test('that is taken away ends the sessions, once', () => {
    const take = { type: 'remove-password' } as const;
    given(userDecider, registered)
      .when(take)
      .then([{ type: 'user.password-removed', data: { generation: 2 } }]);
    given(userDecider, registered).when(take, take).then([]);
  });

  test('is no condition of registration', () => {
    const register = { type: 'register-user', number: 1, identifiers: [], isAdmin: false } as const;
    const { state } = given(userDecider, []).when({ ...register, details: { isActive: false, roleIds: [editor] } });
    expect(state).toMatchObject({ passwordHash: '', generation: 1, isActive: false, roleIds: [editor] });
  });
});

describe('the owner', () => {
  test('is an administrator too, and is made once', () => {
    given(userDecider, registered)
      .when({ type: 'grant-ownership' })
      .then([
        { type: 'user.admin-granted', data: {} },
        { type: 'user.ownership-granted', data: {} },
      ]);
    given(userDecider, registered).when({ type: 'grant-ownership' }, { type: 'grant-ownership' }).then([]);
    const register = { type: 'register-user', number: 1, identifiers: [], isAdmin: false, isOwner: true } as const;
    given(userDecider, [])
      .when(register)
      .then([
        { type: 'user.registered', data: { number: 1 } },
        { type: 'user.admin-granted', data: {} },
        { type: 'user.ownership-granted', data: {} },
      ]);
    given(userDecider, []).when({ type: 'grant-ownership' }).then(reject('user.unknown'));
  });
});

test('removal ends roles and memberships first, so that nothing else has to know', () => {
  given(userDecider, [...registered, granted(editor), joined(team, [])])
    .when({ type: 'remove-user' })
    .then([left(team), revoked(editor), { type: 'user.removed', data: { generation: 2, wasActive: true } }]);
});
