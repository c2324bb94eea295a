import { given } from '@evident/testing';
import { describe, expect, test } from 'vitest';
import { reject } from '../decider.ts';
import type { Claim } from './commands.ts';
import { reservationDecider } from './decide.ts';
import type { ReservationEvent } from './events.ts';

const ann = '00000000-0000-4000-8000-00000000000a';
const bob = '00000000-0000-4000-8000-00000000000b';
const first = '00000000-0000-4000-8000-000000000001';
const second = '00000000-0000-4000-8000-000000000002';

const claim = (claimId: string, holder: string, superseding?: string): Claim => ({
  type: 'claim',
  claimId,
  holder,
  now: 7,
  ...(superseding === undefined ? {} : { superseding }),
});
const claimed = (claimId: string, holder: string): ReservationEvent => ({
  type: 'reservation.claimed',
  data: { claimId, holder, claimedAt: 7 },
});
const released = (claimId: string): ReservationEvent => ({ type: 'reservation.released', data: { claimId } });
const held = [claimed(first, ann)];

describe('a reservation', () => {
  test('is claimed where it is free, and the same claim again is the same', () => {
    given(reservationDecider, []).when(claim(first, ann)).then(held);
    given(reservationDecider, held).when(claim(first, ann)).then([]);
  });

  test('refuses a rival, and its state says who is in the way', () => {
    const refused = given(reservationDecider, held).when(claim(second, bob));
    refused.then(reject('reservation.held'));
    expect(refused.state.current).toEqual({ claimId: first, holder: ann, claimedAt: 7 });
  });

  test('gives way to a claim that names the one which has ended', () => {
    given(reservationDecider, held)
      .when(claim(second, bob, first))
      .then([released(first), claimed(second, bob)]);
  });

  test('does not give way where another claim than the named one stands', () => {
    given(reservationDecider, [...held, released(first), claimed(second, bob)])
      .when(claim('00000000-0000-4000-8000-000000000003', ann, first))
      .then(reject('reservation.held'));
  });

  test('is released by the claim that stands, once, and by no other', () => {
    given(reservationDecider, held)
      .when({ type: 'release', claimId: first })
      .then([released(first)]);
    given(reservationDecider, held).when({ type: 'release', claimId: second }).then([]);
    given(reservationDecider, [...held, released(second)])
      .when(claim(second, bob))
      .then(reject('reservation.held'));
    given(reservationDecider, [...held, released(first)])
      .when({ type: 'release', claimId: first })
      .then([]);
    given(reservationDecider, [...held, released(first)])
      .when(claim(second, bob))
      .then([claimed(second, bob)]);
  });
});
