import {
  type AppCommand,
  appDecider,
  type DomainEvent,
  initialApp,
  initialUser,
  streams,
  type UserCommand,
  userDecider,
} from '@evident/domain';
import type { JsonObject } from '@evident/event-store';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { assignmentsProjection } from './assignments.projection.ts';
import { type Happened, happened, rowsAfter } from './happened.fixture.ts';
import { totals, totalsProjection } from './totals.projection.ts';
import { usersProjection } from './users.projection.ts';

const uuid = (kind: number, number: number) =>
  `00000000-0000-4000-8000-${String(kind * 1000 + number).padStart(12, '0')}`;
const userIds = [1, 2, 3, 4].map((number) => uuid(1, number));
const appIds = [1, 2, 3].map((number) => uuid(2, number));
const identifiers = (number: number) => [
  {
    kind: 'username' as const,
    value: `u${number}`,
    lookup: `k1.u${number}`,
    claimId: uuid(3, number),
    verified: false,
  },
];

const userCommands: readonly ((number: number, appNumber: number) => UserCommand)[] = [
  (number) => ({ type: 'register-user', number, identifiers: identifiers(number), passwordHash: 'x', isAdmin: false }),
  () => ({ type: 'change-user', isActive: false }),
  () => ({ type: 'change-user', isActive: true, isAdmin: true }),
  (_number, appNumber) => ({ type: 'assign-app', appId: appIds[appNumber - 1] ?? '', appNumber }),
  (_number, appNumber) => ({ type: 'unassign-app', appId: appIds[appNumber - 1] ?? '' }),
  () => ({ type: 'remove-user' }),
];
const key = { keyId: uuid(4, 1), lookup: 'k1.x', prefix: 'p' };
const appCommands: readonly ((number: number) => AppCommand)[] = [
  (number) => ({ type: 'register-app', number, name: 'n', url: 'https://example.com', key }),
  () => ({ type: 'change-app', isActive: false }),
  () => ({ type: 'remove-app', now: 1 }),
];
const onUser = fc.constantFrom(...userCommands);
const onApp = fc.constantFrom(...appCommands);
const step = fc.oneof(
  fc.record({ user: fc.integer({ min: 1, max: 4 }), app: fc.integer({ min: 1, max: 3 }), command: onUser }),
  fc.record({ app: fc.integer({ min: 1, max: 3 }), command: onApp }),
);
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

/** What the deciders make of the steps, and the states that they lead to. */
function decideAll(steps: readonly Step[]) {
  const users = new Map(userIds.map((uid) => [uid, initialUser]));
  const apps = new Map(appIds.map((uid) => [uid, initialApp]));
  const history: Happened[] = [];
  const record = (stream: string, events: readonly DomainEvent[]) => {
    for (const { type, data } of events) history.push(happened(stream, type, data as JsonObject));
  };
  for (const each of steps) {
    if ('user' in each) {
      const uid = userIds[each.user - 1] ?? '';
      const state = users.get(uid) ?? initialUser;
      const decision = userDecider.decide(each.command(each.user, each.app), state);
      if (!decision.accepted) continue;
      users.set(uid, decision.events.reduce(userDecider.evolve, state));
      record(streams.user('main', uid), decision.events);
    } else {
      const uid = appIds[each.app - 1] ?? '';
      const state = apps.get(uid) ?? initialApp;
      const decision = appDecider.decide(each.command(each.app), state);
      if (!decision.accepted) continue;
      apps.set(uid, decision.events.reduce(appDecider.evolve, state));
      record(streams.app('main', uid), decision.events);
    }
  }
  return { users: [...users.values()], apps: [...apps.values()], history };
}

it('totals are what counting everybody, every app and every edge one by one gives', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const { users, apps, history } = decideAll(steps);
      const there = users.filter(({ registered, removed }) => registered && !removed);
      const counted = rowsAfter(totalsProjection, history);
      const total = (key: string) => counted[key]?.count ?? 0;
      expect(total(totals.activeUsers)).toBe(there.filter(({ isActive }) => isActive).length);
      expect(total(totals.inactiveUsers)).toBe(there.filter(({ isActive }) => !isActive).length);
      expect(total(totals.apps)).toBe(apps.filter(({ registered, removed }) => registered && !removed).length);
      const edges = Object.values(rowsAfter(assignmentsProjection, history));
      for (const appUid of appIds) {
        const assigned = there.filter(({ apps: theirs }) => theirs.has(appUid)).length;
        expect(total(totals.assignedTo(appUid))).toBe(assigned);
        expect(edges.filter((edge) => edge.appUid === appUid)).toHaveLength(assigned);
      }
      expect(Object.keys(rowsAfter(usersProjection, history))).toHaveLength(there.length);
    }),
  );
});
