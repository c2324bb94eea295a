import { randomUUID } from 'node:crypto';
import { streams } from '@evident/domain';
import { describe, expect, it } from 'vitest';
import { type Happened, happened, rowsAfter } from './happened.fixture.ts';
import { openClaimsProjection } from './open-claims.projection.ts';

const [holder, claimId] = [randomUUID(), randomUUID()];
const reservation = streams.reservation('main', 'email', 'k2.some-hash_1');
const user = streams.user('main', holder);
const claimed = happened(reservation, 'reservation.claimed', { claimId, holder, claimedAt: 500 });
const after = (...events: Happened[]) => rowsAfter(openClaimsProjection, [claimed, ...events]);

describe('an open claim', () => {
  it('names what is claimed, by whom and when', () => {
    expect(after()).toEqual({
      [claimId]: { claimId, kind: 'email', lookup: 'k2.some-hash_1', holder, claimedAt: 500 },
    });
  });

  it('ends when its holder completes it', () => {
    const identifier = {
      kind: 'email',
      value: 'a@b',
      lookup: 'k2.some-hash_1',
      claimId,
      verified: false,
      primary: true,
    };
    expect(after(happened(user, 'user.identifier-added', identifier))).toEqual({});
  });

  it('ends when it is abandoned on the stream of its holder, or released', () => {
    expect(after(happened(user, 'user.claim-abandoned', { kind: 'email', claimId }))).toEqual({});
    expect(after(happened(reservation, 'reservation.released', { claimId }))).toEqual({});
  });

  it('stays when another one ends', () => {
    const other = happened(reservation, 'reservation.released', { claimId: randomUUID() });
    expect(Object.keys(after(other))).toEqual([claimId]);
  });
});
