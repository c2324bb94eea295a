import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { countAbandoned } from '../claim-state.ts';
import { fold } from '../decider.ts';
import { holdsIdentifier } from '../sign-in/judge.ts';
import type { ClaimedIdentifier, UserCommand } from '../user/commands.ts';
import { userDecider } from '../user/decide.ts';
import { primaryIdentifier } from '../user/held-identifiers.ts';
import type { UserState } from '../user/state.ts';
import type { ReservationCommand } from './commands.ts';
import { reservationDecider } from './decide.ts';
import type { ReservationState } from './state.ts';

const runs = Number(process.env.PROPERTY_RUNS ?? 500);
const wantedLookup = 'k1.wanted';

/** One wanted name and the streams of the users who want it. Each step is one append at an exact revision. */
class World {
  reservation: ReservationState = reservationDecider.initial;
  readonly users: UserState[];
  readonly decideUser: typeof userDecider.decide;

  constructor(users: number, decideUser: typeof userDecider.decide) {
    this.users = Array.from({ length: users }, () => userDecider.initial);
    this.decideUser = decideUser;
  }

  user(index: number): UserState {
    return this.users[index] ?? userDecider.initial;
  }

  onReservation(command: ReservationCommand): boolean {
    const decision = reservationDecider.decide(command, this.reservation);
    if (decision.accepted) this.reservation = fold(reservationDecider, this.reservation, decision.events);
    return decision.accepted;
  }

  onUser(index: number, command: UserCommand): boolean {
    const decision = this.decideUser(command, this.user(index));
    if (decision.accepted) this.users[index] = fold(userDecider, this.user(index), decision.events);
    return decision.accepted;
  }

  /** Who answers to the name: at sign-in, and by the own stream alone. */
  holders(): number[] {
    return this.users.flatMap((user, index) => (nameOf(user)?.lookup === wantedLookup ? [index] : []));
  }
}

const nameOf = (user: UserState) => primaryIdentifier(user.identifiers, 'username');

/** A process that does one step each time it is scheduled; between two steps it may be frozen for as long as it likes. */
type Process = Generator<void, void, void>;

function identifier(claimId: string, lookup = wantedLookup): ClaimedIdentifier {
  return { kind: 'username', value: lookup, lookup, claimId, verified: true };
}

interface Habits {
  /** Appends to the holder's stream before it takes a claim over. */
  readonly abandonsFirst: boolean;
}

/** Claims the name for a user, taking over a claim that was not completed, and completes its own. */
function* registrar(world: World, user: number, habits: Habits): Process {
  for (let attempt = 0; attempt < 3; attempt++) {
    const claimId = `${user}-${countAbandoned(world.user(user).claims)}-${attempt}`;
    const claim = { type: 'claim', claimId, holder: String(user), now: 0 } as const;
    yield;
    if (!world.onReservation(claim)) {
      const inTheWay = world.reservation.current;
      yield;
      if (inTheWay === undefined) continue;
      if (habits.abandonsFirst) {
        const abandon = { type: 'abandon-claim', kind: 'username', claimId: inTheWay.claimId } as const;
        if (!world.onUser(Number(inTheWay.holder), abandon)) return;
        yield;
      }
      if (!world.onReservation({ ...claim, superseding: inTheWay.claimId })) continue;
    }
    yield;
    const identifiers = [identifier(claimId)];
    const complete: UserCommand = world.user(user).registered
      ? { type: 'change-user', identifiers }
      : { type: 'register-user', number: user + 1, identifiers, passwordHash: 'sealed', isAdmin: false };
    if (world.onUser(user, complete)) return;
  }
}

/** Takes another name for a user, and then lets go of the wanted one. */
function* leaver(world: World, user: number, round: number): Process {
  const left = nameOf(world.user(user));
  if (left?.lookup !== wantedLookup) return;
  const other = identifier(`other-${user}-${round}`, `k1.other-${user}-${round}`);
  if (!world.onUser(user, { type: 'change-user', identifiers: [other] })) return;
  yield;
  if (world.user(user).claims.get(left.claimId) === 'ended') {
    world.onReservation({ type: 'release', claimId: left.claimId });
  }
}

/** Gives up on whatever claim it finds open. */
function* sweeper(world: World): Process {
  const open = world.reservation.current;
  yield;
  if (open === undefined) return;
  if (!world.onUser(Number(open.holder), { type: 'abandon-claim', kind: 'username', claimId: open.claimId })) return;
  yield;
  world.onReservation({ type: 'release', claimId: open.claimId });
}

function* remover(world: World, user: number): Process {
  yield;
  world.onUser(user, { type: 'remove-user' });
}

const users = 3;
const anyProcess = fc.record({
  kind: fc.constantFrom('registrar', 'registrar', 'registrar', 'leaver', 'sweeper', 'remover'),
  user: fc.nat(users - 1),
});

function atMostOneHolder(habits: Habits, decideUser: typeof userDecider.decide = userDecider.decide) {
  const processes = fc.array(anyProcess, { minLength: 2, maxLength: 8 });
  const schedule = fc.array(fc.nat(7), { maxLength: 60 });
  return fc.property(processes, schedule, (wanted, turns) => {
    const world = new World(users, decideUser);
    const running = wanted.map(({ kind, user }, at): Process => {
      if (kind === 'registrar') return registrar(world, user, habits);
      if (kind === 'leaver') return leaver(world, user, at);
      return kind === 'sweeper' ? sweeper(world) : remover(world, user);
    });
    for (const turn of turns) {
      running[turn % running.length]?.next();
      const holders = world.holders();
      expect(holders.length).toBeLessThanOrEqual(1);
      for (const holder of holders) {
        const claimId = nameOf(world.user(holder))?.claimId;
        expect(world.reservation.current?.claimId, 'the name is not reserved for its holder').toBe(claimId);
      }
      const answering = world.users.filter((user) =>
        holdsIdentifier({ reservation: world.reservation, user, identifierLookup: wantedLookup }),
      );
      expect(answering.length).toBeLessThanOrEqual(1);
    }
    // Nobody is shut out for ever: with all others frozen, a newcomer gets the name or it is somebody's.
    if (world.holders().length > 0) return;
    const newcomer = world.users.push(userDecider.initial) - 1;
    Array.from(registrar(world, newcomer, habits));
    expect(world.holders()).toEqual([newcomer]);
  });
}

describe('claims, completions, abandonments and releases in any interleaving', () => {
  test('leave at most one holder of a name, for whom it is reserved, and shut nobody out', () => {
    fc.assert(atMostOneHolder({ abandonsFirst: true }), { numRuns: runs * 4 });
  });

  test('make two holders where a taker does not abandon the claim on the holder’s stream first', () => {
    expect(fc.check(atMostOneHolder({ abandonsFirst: false }), { numRuns: 20_000 }).failed).toBe(true);
  });

  test('make two holders where an abandoned claim could still be completed', () => {
    const forgetful: typeof userDecider.decide = (command, state) => {
      const claims = new Map([...state.claims].filter(([, claim]) => claim !== 'abandoned'));
      return userDecider.decide(command, { ...state, claims });
    };
    expect(fc.check(atMostOneHolder({ abandonsFirst: true }, forgetful), { numRuns: 20_000 }).failed).toBe(true);
  });

  test('make two holders where a completed claim could be abandoned', () => {
    const rash: typeof userDecider.decide = (command, state) => {
      const decision = userDecider.decide(command, state);
      return !decision.accepted && decision.code === 'user.claim-complete' ? { accepted: true, events: [] } : decision;
    };
    expect(fc.check(atMostOneHolder({ abandonsFirst: true }, rash), { numRuns: 20_000 }).failed).toBe(true);
  });
});
