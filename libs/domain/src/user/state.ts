import type { ClaimState } from '../claim-state.ts';
import type { IdentifierKind, UserEvent, UserStatus } from './events.ts';
import { addIdentifier, promoteIdentifier, verifyIdentifier } from './held-identifiers.ts';

export interface UserIdentifier {
  readonly kind: IdentifierKind;
  readonly value: string;
  readonly lookup: string;
  readonly claimId: string;
  readonly verified: boolean;
  /** One of each kind that the user has is. */
  readonly primary: boolean;
}

export interface UserState {
  readonly registered: boolean;
  readonly removed: boolean;
  /** What was personal cannot be read any more. */
  readonly erased: boolean;
  readonly number: number;
  readonly isActive: boolean;
  /** Why not, where the user is not active. */
  readonly status: UserStatus;
  readonly isAdmin: boolean;
  readonly isOwner: boolean;
  readonly isLimited: boolean;
  /** Goes up with all that ends tokens; 0 before registration. */
  readonly generation: number;
  /** Sealed PHC string; empty where the user has no password. */
  readonly passwordHash: string;
  /** In the order in which they were added. */
  readonly identifiers: readonly UserIdentifier[];
  readonly claims: ReadonlyMap<string, ClaimState>;
  /** App uuid → its integer id. */
  readonly apps: ReadonlyMap<string, number>;
  readonly roleIds: readonly string[];
  /** Direct scopes, beside those of the roles. */
  readonly scopes: readonly string[];
  /** Workspace uuid → the roles that count in it. */
  readonly workspaces: ReadonlyMap<string, readonly string[]>;
  readonly name: string;
  readonly avatarUrl: string;
  /** Text of a JSON object, empty where never set; also `profile`. */
  readonly customClaims: string;
  readonly profile: string;
}

export const initialUser: UserState = {
  registered: false,
  removed: false,
  erased: false,
  number: 0,
  isActive: false,
  status: 'active',
  isAdmin: false,
  isOwner: false,
  isLimited: false,
  generation: 0,
  passwordHash: '',
  identifiers: [],
  claims: new Map(),
  apps: new Map(),
  roleIds: [],
  scopes: [],
  workspaces: new Map(),
  name: '',
  avatarUrl: '',
  customClaims: '',
  profile: '',
};

export function evolveUser(state: UserState, event: UserEvent): UserState {
  switch (event.type) {
    case 'user.registered':
      return { ...state, registered: true, number: event.data.number, isActive: true };
    case 'user.identifier-added': {
      const claims = new Map(state.claims).set(event.data.claimId, 'live');
      return { ...state, identifiers: addIdentifier(state.identifiers, event.data), claims };
    }
    case 'user.identifier-verified':
      return { ...state, identifiers: verifyIdentifier(state.identifiers, event.data.claimId) };
    case 'user.identifier-promoted':
      return { ...state, identifiers: promoteIdentifier(state.identifiers, event.data.claimId) };
    case 'user.identifier-removed': {
      const { claimId } = event.data;
      const identifiers = state.identifiers.filter((identifier) => identifier.claimId !== claimId);
      return { ...state, identifiers, claims: new Map(state.claims).set(claimId, 'ended') };
    }
    case 'user.claim-abandoned':
      return { ...state, claims: new Map(state.claims).set(event.data.claimId, 'abandoned') };
    case 'user.password-changed':
      return { ...state, passwordHash: event.data.passwordHash, generation: event.data.generation };
    case 'user.password-rehashed':
      return { ...state, passwordHash: event.data.passwordHash };
    case 'user.password-removed':
      return { ...state, passwordHash: '', generation: event.data.generation };
    case 'user.deactivated':
      return { ...state, isActive: false, status: 'deactive', generation: event.data.generation };
    case 'user.reactivated':
      return { ...state, isActive: true, status: 'active' };
    case 'user.status-changed':
      return { ...state, status: event.data.status };
    case 'user.removed':
      return {
        ...state,
        removed: true,
        isActive: false,
        isAdmin: false,
        isOwner: false,
        scopes: [],
        generation: event.data.generation,
      };
    case 'user.erased': {
      // Words of the person may still be in the memory of who folded this stream before.
      const identifiers = state.identifiers.map((identifier) => ({ ...identifier, value: 'erased' }));
      return {
        ...state,
        erased: true,
        identifiers,
        passwordHash: '',
        name: '',
        avatarUrl: '',
        customClaims: '',
        profile: '',
      };
    }
    case 'user.sessions-ended':
      return { ...state, generation: event.data.generation };
    case 'user.admin-granted':
      return { ...state, isAdmin: true };
    case 'user.admin-revoked':
      return { ...state, isAdmin: false, generation: event.data.generation };
    case 'user.ownership-granted':
      return { ...state, isOwner: true };
    case 'user.app-assigned':
      return { ...state, apps: new Map(state.apps).set(event.data.appId, event.data.appNumber) };
    case 'user.app-unassigned':
      return { ...state, apps: without(state.apps, event.data.appId) };
    case 'user.role-granted':
      return { ...state, roleIds: [...state.roleIds, event.data.roleId] };
    case 'user.role-revoked':
      return { ...state, roleIds: state.roleIds.filter((roleId) => roleId !== event.data.roleId) };
    case 'user.scopes-assigned':
      return { ...state, scopes: event.data.scopes };
    case 'user.workspace-joined':
    case 'user.workspace-roles-changed':
      return { ...state, workspaces: new Map(state.workspaces).set(event.data.workspaceId, event.data.roleIds) };
    case 'user.workspace-left':
      return { ...state, workspaces: without(state.workspaces, event.data.workspaceId) };
    case 'user.named':
    case 'user.avatar-changed':
    case 'user.custom-claims-changed':
    case 'user.profile-changed':
      return { ...state, ...event.data };
    case 'user.limited':
      return { ...state, isLimited: true };
    case 'user.limit-lifted':
      return { ...state, isLimited: false };
  }
}

function without<Value>(map: ReadonlyMap<string, Value>, key: string): ReadonlyMap<string, Value> {
  const others = new Map(map);
  others.delete(key);
  return others;
}

/** Registered, and not removed since. */
export function isLivingUser({ registered, removed }: Pick<UserState, 'registered' | 'removed'>): boolean {
  return registered && !removed;
}
