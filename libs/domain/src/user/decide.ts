import { accept, type Decider, type Decision, reject } from '../decider.ts';
import type { ChangeUser, ClaimedIdentifier, RegisterUser, UserCommand } from './commands.ts';
import type { UserEvent } from './events.ts';
import { evolveUser, initialUser, type UserState } from './state.ts';

export type UserRejection = 'user.unknown' | 'user.claim-lost' | 'user.already-registered';
type UserDecision = Decision<UserEvent, UserRejection>;

export const userDecider: Decider<UserCommand, UserState, UserEvent, UserRejection> = {
  initial: initialUser,
  decide,
  evolve: evolveUser,
};

function decide(command: UserCommand, state: UserState): UserDecision {
  // Before registration a user's stream may hold abandoned claims, so these two come before the check of existence.
  if (command.type === 'register-user') return register(command, state);
  if (command.type === 'abandon-claim') {
    if (state.claims.has(command.claimId)) return accept();
    return accept({ type: 'user.claim-abandoned', data: { kind: command.kind, claimId: command.claimId } });
  }
  if (!state.registered || state.removed) return reject('user.unknown');
  switch (command.type) {
    case 'change-user':
      return change(command, state);
    case 'rehash-password':
      if (state.passwordHash !== command.previous) return accept();
      return accept({ type: 'user.password-rehashed', data: { passwordHash: command.passwordHash } });
    case 'remove-user':
      return remove(state);
    case 'end-sessions':
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
  for (const identifier of command.identifiers) events.push({ type: 'user.identifier-added', data: identifier });
  events.push({ type: 'user.password-changed', data: { passwordHash: command.passwordHash, generation: 1 } });
  if (command.isAdmin) events.push({ type: 'user.admin-granted', data: {} });
  return accept(...events);
}

function change(command: ChangeUser, state: UserState): UserDecision {
  const identifiers = (command.identifiers ?? []).filter(
    (identifier) => state.claims.get(identifier.claimId) !== 'live',
  );
  if (lostClaim(identifiers, state)) return reject('user.claim-lost');
  const events: UserEvent[] = [];
  for (const identifier of identifiers) {
    const previous = state.identifiers[identifier.kind];
    events.push({ type: 'user.identifier-added', data: identifier });
    if (previous !== undefined) {
      events.push({ type: 'user.identifier-removed', data: { kind: previous.kind, claimId: previous.claimId } });
    }
  }
  let generation = state.generation;
  if (command.passwordHash !== undefined) {
    generation += 1;
    events.push({ type: 'user.password-changed', data: { passwordHash: command.passwordHash, generation } });
  }
  if (command.isAdmin === true && !state.isAdmin) events.push({ type: 'user.admin-granted', data: {} });
  if (command.isAdmin === false && state.isAdmin) {
    generation += 1;
    events.push({ type: 'user.admin-revoked', data: { generation } });
  }
  if (command.isActive === true && !state.isActive) events.push({ type: 'user.reactivated', data: {} });
  if (command.isActive === false && state.isActive) {
    generation += 1;
    events.push({ type: 'user.deactivated', data: { generation } });
  }
  return accept(...events);
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
