import { accept, type Decider, type Decision, fold, reject } from '../decider.ts';
import type { AbandonClaim, ChangeUser, EraseUser, RegisterUser, UserCommand } from './commands.ts';
import { changeDetails, joinWorkspace } from './decide-details.ts';
import {
  addOneIdentifier,
  changeOneIdentifier,
  type IdentifierRejection,
  isLost,
  leavesStrayName,
  removeOneIdentifier,
  replaceIdentifiers,
  yieldIdentifier,
} from './decide-identifiers.ts';
import type { UserEvent } from './events.ts';
import { outgrows } from './size.ts';
import { evolveUser, initialUser, isLivingUser, type UserState } from './state.ts';

export type UserRejection = 'user.unknown' | 'user.already-registered' | 'user.too-large' | IdentifierRejection;
type UserDecision = Decision<UserEvent, UserRejection>;

/**
 * One person or account, on `user-<tenant>.<id>`: identifiers, password, power, what it may use and the security
 * generation that ends its tokens. That an identifier is free was asked of its reservation before; here it is completed.
 */
export const userDecider: Decider<UserCommand, UserState, UserEvent, UserRejection> = {
  initial: initialUser,
  evolve: evolveUser,
  decide,
};

function decide(command: UserCommand, state: UserState): UserDecision {
  const decision = decideOn(command, state);
  if (!decision.accepted || decision.events.length === 0) return decision;
  return outgrows(state, fold({ evolve: evolveUser }, state, decision.events)) ? reject('user.too-large') : decision;
}

function decideOn(command: UserCommand, state: UserState): UserDecision {
  // Before registration a user's stream may hold abandoned claims, so these two come before the check of existence.
  if (command.type === 'register-user') return register(command, state);
  if (command.type === 'abandon-claim') return abandon(command, state);
  if (command.type === 'erase-user') return erase(command, state);
  if (command.type === 'yield-identifier') return yieldIdentifier(command, state);
  if (!isLivingUser(state)) return reject('user.unknown');
  switch (command.type) {
    case 'change-user':
      return change(command, state);
    case 'add-identifier':
      return addOneIdentifier(command, state);
    case 'change-identifier':
      return changeOneIdentifier(command, state);
    case 'remove-identifier':
      return removeOneIdentifier(command, state);
    case 'remove-password':
      if (state.passwordHash === '') return accept();
      return accept({ type: 'user.password-removed', data: { generation: state.generation + 1 } });
    case 'rehash-password':
      if (state.passwordHash !== command.previous || command.passwordHash === command.previous) return accept();
      return accept({ type: 'user.password-rehashed', data: { passwordHash: command.passwordHash } });
    case 'grant-ownership':
      return accept(...giveOwnership(state));
    case 'join-workspace':
      return accept(...joinWorkspace(command, state));
    case 'leave-workspace': {
      const { workspaceId } = command;
      if (!state.workspaces.has(workspaceId)) return accept();
      return accept({ type: 'user.workspace-left', data: { workspaceId } });
    }
    case 'remove-user':
      return accept(...remove(state));
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
  if (isLost(command.identifiers, state)) return reject('user.claim-lost');
  const { number, identifiers, passwordHash, isAdmin, isOwner, details = {} } = command;
  const events: UserEvent[] = [{ type: 'user.registered', data: { number } }];
  events.push(...replaceIdentifiers(identifiers, state));
  if (passwordHash !== undefined) {
    events.push({ type: 'user.password-changed', data: { passwordHash, generation: 1 } });
  }
  if (isOwner) events.push(...giveOwnership(state));
  else if (isAdmin) events.push({ type: 'user.admin-granted', data: {} });
  return accept(...events, ...changeDetails(details, fold({ evolve: evolveUser }, state, events)));
}

function change(command: ChangeUser, state: UserState): UserDecision {
  const { identifiers = [], passwordHash, isAdmin } = command;
  if (isLost(identifiers, state)) return reject('user.claim-lost');
  const events = replaceIdentifiers(identifiers, state);
  if (leavesStrayName(state.identifiers, fold({ evolve: evolveUser }, state, events).identifiers)) {
    return reject('user.username-needs-change');
  }
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
  return accept(...events, ...changeDetails(command, { ...state, generation }));
}

function giveOwnership({ isAdmin, isOwner }: UserState): UserEvent[] {
  const events: UserEvent[] = [];
  if (!isAdmin) events.push({ type: 'user.admin-granted', data: {} });
  if (!isOwner) events.push({ type: 'user.ownership-granted', data: {} });
  return events;
}

/** A claim that ended has given way already, as one that was abandoned has. */
function abandon({ kind, claimId }: AbandonClaim, state: UserState): UserDecision {
  const claim = state.claims.get(claimId);
  if (claim === 'live') return reject('user.claim-complete');
  return claim === undefined ? accept({ type: 'user.claim-abandoned', data: { kind, claimId } }) : accept();
}

/** Assignments, memberships and roles end before the user does, so that no other aggregate has to know that it is gone. */
function remove(state: UserState): readonly UserEvent[] {
  const events: UserEvent[] = [];
  for (const [appId, appNumber] of state.apps) {
    events.push({ type: 'user.app-unassigned', data: { appId, appNumber } });
  }
  for (const workspaceId of state.workspaces.keys()) {
    events.push({ type: 'user.workspace-left', data: { workspaceId } });
  }
  for (const roleId of state.roleIds) events.push({ type: 'user.role-revoked', data: { roleId } });
  let generation = state.generation;
  if (state.isAdmin) {
    generation += 1;
    events.push({ type: 'user.admin-revoked', data: { generation } });
  }
  return [...events, { type: 'user.removed', data: { generation: generation + 1, wasActive: state.isActive } }];
}

/** The person goes whole, and with them what they hold; the identifiers stay reserved for ever, or end with the claim. */
function erase({ identifiers }: EraseUser, state: UserState): UserDecision {
  if (!state.registered) return reject('user.unknown');
  if (state.erased) return accept();
  const events: UserEvent[] = state.removed ? [] : [...remove(state)];
  if (identifiers === 'freed') {
    for (const { kind, claimId } of state.identifiers)
      events.push({ type: 'user.identifier-removed', data: { kind, claimId } });
  }
  return accept(...events, { type: 'user.erased', data: { identifiers } });
}
