import {
  type ErasureEvent,
  type ErasuresState,
  erasureDecider,
  type KeyringEvent,
  type KeyringState,
  keyringDecider,
  type NumberSequenceEvent,
  type NumberSequenceState,
  numberSequenceDecider,
  type OperationEvent,
  type OperationState,
  operationDecider,
  type ReservationEvent,
  type ReservationState,
  type RetentionEvent,
  type RetentionState,
  type RosterEvent,
  type RosterState,
  reservationDecider,
  retentionDecider,
  rosterDecider,
  type SealEvent,
  type SealsState,
  type SigningKeyEvent,
  type SigningKeysState,
  sealDecider,
  signingKeyDecider,
} from '@evident/domain';
import { type Aggregate, asItIs, asSubject, asTime } from './aggregate.ts';

/** Streams that rules of ours need: nobody's account, and evidence all the same. */
export const rosterAggregate: Aggregate<RosterState, RosterEvent> = {
  category: 'roster',
  decider: rosterDecider,
  exists: ({ owner, administrators }) => owner !== undefined || administrators.size > 0,
  shown: {
    owner: asSubject('user'),
    administrators: (administrators) =>
      Object.fromEntries([...administrators].map(([id, standing]) => [`user:${id}`, standing])),
  },
};

export const reservationAggregate: Aggregate<ReservationState, ReservationEvent> = {
  category: 'reservation',
  decider: reservationDecider,
  exists: () => true,
  shown: {
    current: (current) =>
      current === undefined
        ? null
        : { claimId: current.claimId, holder: `user:${current.holder}`, claimedAt: asTime(current.claimedAt) },
  },
};

export const numbersAggregate: Aggregate<NumberSequenceState, NumberSequenceEvent> = {
  category: 'numbers',
  decider: numberSequenceDecider,
  exists: ({ last }) => last !== undefined,
  endTellsAll: true,
  shown: { last: (last) => (last === undefined ? null : { ...last }) },
};

export const signingKeysAggregate: Aggregate<SigningKeysState, SigningKeyEvent> = {
  category: 'signingkeys',
  decider: signingKeyDecider,
  exists: ({ keys }) => keys.length > 0,
  shown: {
    keys: (keys) =>
      keys.map(({ kid, use, alg, createdAt, promotedAt, replacedAt, retiredAt }) => ({
        kid,
        use,
        alg,
        createdAt: asTime(createdAt),
        promotedAt: asTime(promotedAt),
        replacedAt: asTime(replacedAt),
        retiredAt: asTime(retiredAt),
      })),
  },
};

export const keyringAggregate: Aggregate<KeyringState, KeyringEvent> = {
  category: 'keyring',
  decider: keyringDecider,
  exists: ({ keys }) => keys.length > 0,
  shown: { keys: (keys) => keys.map(({ purpose, number }) => ({ purpose, number })) },
};

export const operationAggregate: Aggregate<OperationState, OperationEvent> = {
  category: 'projection',
  decider: operationDecider,
  exists: () => true,
  shown: { discarded: (discarded) => [...discarded] },
};

export const sealsAggregate: Aggregate<SealsState, SealEvent> = {
  category: 'seals',
  decider: sealDecider,
  exists: ({ last }) => last !== undefined,
  endTellsAll: true,
  shown: { last: (last) => (last === undefined ? null : { ...last, at: asTime(last.at) }) },
};

export const retentionAggregate: Aggregate<RetentionState, RetentionEvent> = {
  category: 'retention',
  decider: retentionDecider,
  exists: ({ total }) => total > 0,
  endTellsAll: true,
  shown: { upTo: asItIs, total: asItIs, before: asTime },
};

export const erasuresAggregate: Aggregate<ErasuresState, ErasureEvent> = {
  category: 'erasures',
  decider: erasureDecider,
  exists: ({ erasures }) => erasures.size > 0,
  shown: {
    erasures: (erasures) =>
      Object.fromEntries(
        [...erasures].map(([id, { identifiers, completed }]) => [`user:${id}`, { identifiers, completed }]),
      ),
  },
};
