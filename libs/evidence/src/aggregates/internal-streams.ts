import {
  type ErasureEvent,
  type ErasuresState,
  evolveErasures,
  evolveKeyring,
  evolveNumberSequence,
  evolveOperation,
  evolveReservation,
  evolveRetention,
  evolveRoster,
  evolveSeals,
  evolveSigningKeys,
  initialErasures,
  initialKeyring,
  initialNumberSequence,
  initialOperation,
  initialReservation,
  initialRetention,
  initialRoster,
  initialSeals,
  initialSigningKeys,
  type KeyringEvent,
  type KeyringState,
  type NumberSequenceEvent,
  type NumberSequenceState,
  type OperationEvent,
  type OperationState,
  type ReservationEvent,
  type ReservationState,
  type RetentionEvent,
  type RetentionState,
  type RosterEvent,
  type RosterState,
  type SealEvent,
  type SealsState,
  type SigningKeyEvent,
  type SigningKeysState,
} from '@evident/domain';
import { type Aggregate, asItIs, asSubject, asTime } from './aggregate.ts';

/** Streams that rules of ours need: nobody's account, and evidence all the same. */
export const rosterAggregate: Aggregate<RosterState, RosterEvent> = {
  category: 'roster',
  decider: { initial: initialRoster, evolve: evolveRoster },
  exists: ({ owner, administrators }) => owner !== undefined || administrators.size > 0,
  shown: {
    owner: asSubject('user'),
    administrators: (administrators) =>
      Object.fromEntries([...administrators].map(([id, standing]) => [`user:${id}`, standing])),
  },
};

export const reservationAggregate: Aggregate<ReservationState, ReservationEvent> = {
  category: 'reservation',
  decider: { initial: initialReservation, evolve: evolveReservation },
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
  decider: { initial: initialNumberSequence, evolve: evolveNumberSequence },
  exists: ({ last }) => last !== undefined,
  endTellsAll: true,
  shown: { last: (last) => (last === undefined ? null : { ...last }) },
};

export const signingKeysAggregate: Aggregate<SigningKeysState, SigningKeyEvent> = {
  category: 'signingkeys',
  decider: { initial: initialSigningKeys, evolve: evolveSigningKeys },
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
  decider: { initial: initialKeyring, evolve: evolveKeyring },
  exists: ({ keys }) => keys.length > 0,
  shown: { keys: (keys) => keys.map(({ purpose, number }) => ({ purpose, number })) },
};

export const operationAggregate: Aggregate<OperationState, OperationEvent> = {
  category: 'projection',
  decider: { initial: initialOperation, evolve: evolveOperation },
  exists: () => true,
  shown: { discarded: (discarded) => [...discarded] },
};

export const sealsAggregate: Aggregate<SealsState, SealEvent> = {
  category: 'seals',
  decider: { initial: initialSeals, evolve: evolveSeals },
  exists: ({ last }) => last !== undefined,
  endTellsAll: true,
  shown: { last: (last) => (last === undefined ? null : { ...last, at: asTime(last.at) }) },
};

export const retentionAggregate: Aggregate<RetentionState, RetentionEvent> = {
  category: 'retention',
  decider: { initial: initialRetention, evolve: evolveRetention },
  exists: ({ total }) => total > 0,
  endTellsAll: true,
  shown: { upTo: asItIs, total: asItIs, before: asTime },
};

export const erasuresAggregate: Aggregate<ErasuresState, ErasureEvent> = {
  category: 'erasures',
  decider: { initial: initialErasures, evolve: evolveErasures },
  exists: ({ erasures }) => erasures.size > 0,
  shown: {
    erasures: (erasures) =>
      Object.fromEntries(
        [...erasures].map(([id, { identifiers, completed }]) => [`user:${id}`, { identifiers, completed }]),
      ),
  },
};
