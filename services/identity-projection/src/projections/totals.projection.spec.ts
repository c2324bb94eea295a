import { randomUUID } from 'node:crypto';
import { streams } from '@evident/domain';
import { describe, expect, it } from 'vitest';
import { type Happened, happened, rowsAfter } from './happened.fixture.ts';
import { totals, totalsProjection } from './totals.projection.ts';

const uids = [randomUUID(), randomUUID(), randomUUID()];
const [alice = '', bob = '', appUid = ''] = uids;
const onUser = (uid: string, type: string, data = {}) => happened(streams.user('main', uid), type, data);
const onApp = (type: string, data = {}) => happened(streams.app('main', appUid), type, data);
const countsAfter = (...history: Happened[]) =>
  Object.fromEntries(Object.entries(rowsAfter(totalsProjection, history)).map(([key, row]) => [key, row.count]));
const both = [onUser(alice, 'user.registered', { number: 1 }), onUser(bob, 'user.registered', { number: 2 })];
const bobDisabled = onUser(bob, 'user.deactivated', { generation: 2 });

describe('totals', () => {
  it('count users apart by activity', () => {
    expect(countsAfter(...both, bobDisabled)).toEqual({ [totals.activeUsers]: 1, [totals.inactiveUsers]: 1 });
    const enabled = onUser(bob, 'user.reactivated');
    expect(countsAfter(...both, bobDisabled, enabled)).toEqual({ [totals.activeUsers]: 2, [totals.inactiveUsers]: 0 });
  });

  it('take a removed user from where it was counted', () => {
    const active = onUser(alice, 'user.removed', { generation: 2, wasActive: true });
    const inactive = onUser(bob, 'user.removed', { generation: 3, wasActive: false });
    expect(countsAfter(...both, bobDisabled, active, inactive)).toEqual({
      [totals.activeUsers]: 0,
      [totals.inactiveUsers]: 0,
    });
  });

  it('count apps, and the users of each', () => {
    const registered = onApp('app.registered', { number: 1, name: 'Wiki', url: 'https://wiki.example.com' });
    const assigned = onUser(alice, 'user.app-assigned', { appId: appUid, appNumber: 1, userNumber: 1 });
    expect(countsAfter(registered, assigned)).toEqual({ [totals.apps]: 1, [totals.assignedTo(appUid)]: 1 });
    const unassigned = onUser(alice, 'user.app-unassigned', { appId: appUid, appNumber: 1 });
    expect(countsAfter(registered, assigned, unassigned, onApp('app.removed'))).toEqual({
      [totals.apps]: 0,
      [totals.assignedTo(appUid)]: 0,
    });
  });
});
