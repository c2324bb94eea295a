import { accept, type Decider, type Decision, reject } from '../decider.ts';
import type { AbandonClaim, ChangeUser, ClaimedIdentifier, RegisterUser, UserCommand } from './commands.ts';
import type { UserEvent } from './events.ts';
import { evolveUser, initialUser, type UserIdentifier, type UserState } from './state.ts';

/** `claim-complete`: the identifier is the user's, so the claim cannot be abandoned. */
export type UserRejection = 'user.unknown' | 'user.claim-lost' | 'user.claim-complete' | 'user.already-registered';
type UserDecision = Decision<UserEvent, UserRejection>;

export const userDecider: Decider<UserCommand, UserState, UserEvent, UserRejection> = {
  initial: initialUser,
  decide,
  evolve: evolveUser,
};

function decide(command: UserCommand, state: UserState): UserDecision {
  // Before registration a user's stream may hold abandoned claims, so these two come before the check of existence.
  if (command.type === 'register-user') return register(command, state);
  if (command.type === 'abandon-claim') return abandon(command, state);
  if (!state.registered || state.removed) return reject('user.unknown');
  switch (command.type) {
    case 'change-user':
      return change(command, state);
    case 'rehash-password':
      if (state.passwordHash !== command.previous || command.passwordHash === command.previous) return accept();
      return accept({ type: 'user.password-rehashed', data: { passwordHash: command.passwordHash } });
    case 'remove-user':
      return remove(state);
    case 'end-sessions':
      if (command.generation !== state.generation) return accept();
      return accept({ type: 'user.sessions-ended', data: { generation: state.generation + 1 } });
    case 'assign-app': {
      const { appId, appNumber } = command;
      if (state.apps.has(appId)) return accept();
      return accept({ type: 'user.app-assigned', data: { appId, appNumber, userNumber: state.number } });
    }
    case 'unassign-app': {
      const appNumber = state.apps.get(command.appId);
      if (appNumber === undefined) return accept();
      return accept({ type: 'user.app-unassigned', data: { appId: command.appId, appNumber } });
    }
  }
}

function register(command: RegisterUser, state: UserState): UserDecision {
  if (state.registered) return reject('user.already-registered');
  if (lostClaim(command.identifiers, state)) return reject('user.claim-lost');
  const events: UserEvent[] = [{ type: 'user.registered', data: { number: command.number } }];
  events.push(...changeIdentifiers(command.identifiers, state));
  events.push({ type: 'user.password-changed', data: { passwordHash: command.passwordHash, generation: 1 } });
  if (command.isAdmin) events.push({ type: 'user.admin-granted', data: {} });
  return accept(...events);
}

function change(command: ChangeUser, state: UserState): UserDecision {
  const { identifiers = [], passwordHash, isActive, isAdmin } = command;
  if (lostClaim(identifiers, state)) return reject('user.claim-lost');
  const events = changeIdentifiers(identifiers, state);
  let { generation } = state;
  if (passwordHash !== undefined && passwordHash !== state.passwordHash) {
    generation += 1;
    events.push({ type: 'user.password-changed', data: { passwordHash, generation } });
  }
  if (isAdmin === true && !state.isAdmin) events.push({ type: 'user.admin-granted', data: {} });
  if (isAdmin === false && state.isAdmin) {
    generation += 1;
    events.push({ type: 'user.admin-revoked', data: { generation } });
  }
  if (isActive === true && !state.isActive) events.push({ type: 'user.reactivated', data: {} });
  if (isActive === false && state.isActive) {
    generation += 1;
    events.push({ type: 'user.deactivated', data: { generation } });
  }
  return accept(...events);
}

/** One of each kind: where a command gives several, the last counts, and the claims of the others stay open. */
function changeIdentifiers(identifiers: readonly ClaimedIdentifier[], state: UserState): UserEvent[] {
  const wanted = new Map(identifiers.map((identifier) => [identifier.kind, identifier]));
  return [...wanted.values()].flatMap((identifier) => changeIdentifier(identifier, state.identifiers[identifier.kind]));
}

function changeIdentifier(identifier: ClaimedIdentifier, previous: UserIdentifier | undefined): UserEvent[] {
  const { kind, claimId, value } = identifier;
  if (previous?.claimId !== claimId) {
    const added: UserEvent = { type: 'user.identifier-added', data: identifier };
    return previous === undefined
      ? [added]
      : [added, { type: 'user.identifier-removed', data: { kind, claimId: previous.claimId } }];
  }
  const verified = previous.verified || identifier.verified;
  if (previous.value !== value) return [{ type: 'user.identifier-added', data: { ...previous, value, verified } }];
  return verified === previous.verified ? [] : [{ type: 'user.identifier-verified', data: { kind, claimId } }];
}

/** A claim that ended has given way already, as one that was abandoned has. */
function abandon({ kind, claimId }: AbandonClaim, state: UserState): UserDecision {
  const claim = state.claims.get(claimId);
  if (claim === 'live') return reject('user.claim-complete');
  return claim === undefined ? accept({ type: 'user.claim-abandoned', data: { kind, claimId } }) : accept();
}

/** Assignments end before the user does, so that no other aggregate has to know that it is gone. */
function remove(state: UserState): UserDecision {
  const events: UserEvent[] = [];
  for (const [appId, appNumber] of state.apps) {
    events.push({ type: 'user.app-unassigned', data: { appId, appNumber } });
  }
  let generation = state.generation;
  if (state.isAdmin) {
    generation += 1;
    events.push({ type: 'user.admin-revoked', data: { generation } });
  }
  events.push({ type: 'user.removed', data: { generation: generation + 1, wasActive: state.isActive } });
  return accept(...events);
}

/** Whoever abandoned the claim may have given the name to another: completing it now would make a second owner. */
function lostClaim(identifiers: readonly ClaimedIdentifier[], state: UserState): boolean {
  return identifiers.some(({ claimId }) => {
    const claim = state.claims.get(claimId);
    return claim === 'abandoned' || claim === 'ended';
  });
}
