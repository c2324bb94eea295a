import { randomUUID } from 'node:crypto';
import { streams } from '@evident/domain';
import { describe, expect, it } from 'vitest';
import { assignmentsProjection } from './assignments.projection.ts';
import { happened, rowsAfter } from './happened.fixture.ts';

const [userUid, appUid] = [randomUUID(), randomUUID()];
const stream = streams.user('main', userUid);
const assigned = happened(stream, 'user.app-assigned', { appId: appUid, appNumber: 3, userNumber: 7 });
const unassigned = happened(stream, 'user.app-unassigned', { appId: appUid, appNumber: 3 });
const edge = { [`${userUid}|${appUid}`]: { userUid, userNumber: 7, appUid, appNumber: 3 } };

describe('an edge of assignments', () => {
  it('is under both uids, with both numbers from its own event', () => {
    expect(rowsAfter(assignmentsProjection, [assigned])).toEqual(edge);
  });

  it('is gone when the user is unassigned, and back when assigned again', () => {
    expect(rowsAfter(assignmentsProjection, [assigned, unassigned])).toEqual({});
    expect(rowsAfter(assignmentsProjection, [assigned, unassigned, assigned])).toEqual(edge);
  });
});
