import { accept, type Decider, type Decision, reject } from '../decider.ts';
import { sameJson } from '../same-json.ts';
import type { AbandonRoleClaim, ChangeRole, DefineRole, RoleCommand } from './commands.ts';
import type { RoleEvent } from './events.ts';
import { evolveRole, initialRole, isLivingRole, type RoleState } from './state.ts';

/**
 * `claim-lost`: the claim on the slug was given up before. `claim-complete`: the slug is the role's, so the claim cannot be
 * abandoned.
 */
export type RoleRejection = 'role.unknown' | 'role.claim-lost' | 'role.claim-complete' | 'role.already-defined';
type RoleDecision = Decision<RoleEvent, RoleRejection>;

/** One role, on `role-<tenant>.<id>`: the scopes that whoever is given it has. */
export const roleDecider: Decider<RoleCommand, RoleState, RoleEvent, RoleRejection> = {
  initial: initialRole,
  evolve: evolveRole,
  decide(command, state) {
    // Before it is defined a role's stream may hold abandoned claims, so these two come before the check of existence.
    if (command.type === 'define-role') return define(command, state);
    if (command.type === 'abandon-claim') return abandon(command, state);
    if (!isLivingRole(state)) return reject('role.unknown');
    if (command.type === 'change-role') return change(command, state);
    return accept({ type: 'role.retired', data: { claimId: state.claimId } });
  },
};

function define({ type: _, scopes, ...details }: DefineRole, state: RoleState): RoleDecision {
  if (state.defined) return reject('role.already-defined');
  if (state.claims.has(details.claimId)) return reject('role.claim-lost');
  return accept({ type: 'role.defined', data: { ...details, scopes: [...scopes] } });
}

function change({ type: _, scopes, ...changes }: ChangeRole, state: RoleState): RoleDecision {
  const { name, description, isActive } = state;
  const present = { name, description, isActive, scopes: [...state.scopes] };
  const data = { ...present, ...changes, ...(scopes === undefined ? {} : { scopes: [...scopes] }) };
  return sameJson(data, present) ? accept() : accept({ type: 'role.changed', data });
}

function abandon({ claimId }: AbandonRoleClaim, state: RoleState): RoleDecision {
  const claim = state.claims.get(claimId);
  if (claim === 'live') return reject('role.claim-complete');
  return claim === undefined ? accept({ type: 'role.claim-abandoned', data: { claimId } }) : accept();
}
