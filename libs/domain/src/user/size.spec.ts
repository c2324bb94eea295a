import { given } from '@evident/testing';
import { describe, test } from 'vitest';
import { reject } from '../decider.ts';
import { userDecider } from './decide.ts';
import type { UserEvent } from './events.ts';

const idOf = (number: number) => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
const registered: UserEvent = { type: 'user.registered', data: { number: 1 } };
const tooLarge = reject('user.too-large');
const identifier = (number: number) => ({
  ...{ kind: 'email' as const, value: `${number}@example.com`, claimId: idOf(number), verified: true },
  lookup: `k1.${number}`,
});
const added = (number: number, value = `${number}@example.com`): UserEvent => ({
  type: 'user.identifier-added',
  data: { ...identifier(number), value, primary: number === 0 },
});
const joined = (number: number, roles = 0): UserEvent => ({
  type: 'user.workspace-joined',
  data: { workspaceId: idOf(number), roleIds: Array.from({ length: roles }, (_, role) => idOf(role)) },
});
const many = (event: (number: number) => UserEvent, count: number) => Array.from({ length: count }, (_, n) => event(n));

describe('a person who holds as much as one message tells', () => {
  const history = [registered, ...many(added, 1_000)];

  test.each([
    ['identifier', { type: 'add-identifier', identifier: identifier(5_000), primary: false }],
    ['workspace', { type: 'join-workspace', workspaceId: idOf(1), roleIds: [] }],
    ['role', { type: 'change-user', roleIds: [idOf(1)] }],
    ['scope', { type: 'change-user', scopes: ['read:x'] }],
    ['word', { type: 'change-user', name: 'Ada' }],
  ] as const)('is given no further %s', (_what, command) => {
    given(userDecider, history).when(command).then(tooLarge);
  });

  test('is changed in what takes no more, and loses', () => {
    given(userDecider, history)
      .when({ type: 'remove-identifier', claimId: idOf(7) })
      .then([{ type: 'user.identifier-removed', data: { kind: 'email', claimId: idOf(7) } }]);
    given(userDecider, history)
      .when({ type: 'change-user', isLimited: true })
      .then([{ type: 'user.limited', data: {} }]);
  });
});

test.each([
  ['workspaces', many(joined, 2_500)],
  ['roles in workspaces', many((number) => joined(number, 100), 30)],
  ['characters of more than a byte', many((number) => added(number, 'é'.repeat(300)), 260)],
])('many %s are as much', (_what, events) => {
  const command = { type: 'join-workspace', workspaceId: idOf(9_999), roleIds: [] } as const;
  given(userDecider, [registered, ...events])
    .when(command)
    .then(tooLarge);
});

test('a hundred identifiers, and five hundred workspaces with three roles in each, are not too much', () => {
  const history = [registered, ...many(added, 100), ...many((number) => joined(number, 3), 500)];
  given(userDecider, history)
    .when({ type: 'change-user', roleIds: [idOf(1)] })
    .then([{ type: 'user.role-granted', data: { roleId: idOf(1) } }]);
});
