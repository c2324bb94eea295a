import type { IdentifierPolicy } from '../erasure/events.ts';
import type { IdentifierKind, UserStatus } from './events.ts';

/** A claim that stands on the identifier's reservation stream and is to be completed on the user's own. */
export interface ClaimedIdentifier {
  readonly kind: IdentifierKind;
  /** As given, for people. */
  readonly value: string;
  /** Keyed hash of the prepared form, as in the name of the reservation stream. */
  readonly lookup: string;
  readonly claimId: string;
  readonly verified: boolean;
}

export interface WorkspaceRoles {
  readonly workspaceId: string;
  readonly roleIds: readonly string[];
}

/** What is set about a user beside identifiers, password and power; absent members stay as they are. */
export interface UserDetails {
  readonly isActive?: boolean;
  /** With `isActive` it must not contradict it; `active` reactivates, any other one deactivates. */
  readonly status?: UserStatus;
  readonly isLimited?: boolean;
  /** All roles, scopes and workspaces that the user has from now on. */
  readonly roleIds?: readonly string[];
  readonly scopes?: readonly string[];
  readonly workspaces?: readonly WorkspaceRoles[];
  /** Empty: none; also `avatarUrl`. */
  readonly name?: string;
  readonly avatarUrl?: string;
  /** Canonical text of a JSON object; also `profile`. */
  readonly customClaims?: string;
  readonly profile?: string;
}

export interface RegisterUser {
  readonly type: 'register-user';
  readonly number: number;
  readonly identifiers: readonly ClaimedIdentifier[];
  /** Sealed PHC string; without it the user cannot sign in with a password yet. */
  readonly passwordHash?: string;
  readonly isAdmin: boolean;
  /** Of the tenant; makes an administrator too. */
  readonly isOwner?: boolean;
  readonly details?: UserDetails;
}

/** All or nothing; absent members stay as they are. */
export interface ChangeUser extends UserDetails {
  readonly type: 'change-user';
  /**
   * New identifiers; each takes the place of the primary one of its kind. One whose prepared form is the same as
   * before (only its case changed, say) names the claim that stands; it changes what is shown.
   */
  readonly identifiers?: readonly ClaimedIdentifier[];
  /** Sealed PHC string of a new password. */
  readonly passwordHash?: string;
  readonly isAdmin?: boolean;
}

/** One more; the first of its kind is primary in any case. One that the user has already is promoted or verified. */
export interface AddIdentifier {
  readonly type: 'add-identifier';
  readonly identifier: ClaimedIdentifier;
  readonly primary: boolean;
}

/** Makes it the primary one of its kind, marks it as verified, or both. */
export interface ChangeIdentifier {
  readonly type: 'change-identifier';
  readonly claimId: string;
  readonly primary?: true;
  readonly verified?: true;
}

export interface RemoveIdentifier {
  readonly type: 'remove-identifier';
  readonly claimId: string;
}

/**
 * Gives up an identifier that was never verified, for whom an administrator says that it is. Also a user name that is
 * this very address, since it may only be the user's own.
 */
export interface YieldIdentifier {
  readonly type: 'yield-identifier';
  readonly claimId: string;
}

export interface RemovePassword {
  readonly type: 'remove-password';
}

export interface GrantOwnership {
  readonly type: 'grant-ownership';
}

/** Again with other roles: these count there from now on. */
export interface JoinWorkspace extends WorkspaceRoles {
  readonly type: 'join-workspace';
}

export interface LeaveWorkspace {
  readonly type: 'leave-workspace';
  readonly workspaceId: string;
}

export interface RehashPassword {
  readonly type: 'rehash-password';
  /** The sealed hash that was verified; another one meanwhile wins. */
  readonly previous: string;
  readonly passwordHash: string;
}

/** For a rival or the sweeper, who may release the reservation once this was accepted and not before. */
export interface AbandonClaim {
  readonly type: 'abandon-claim';
  readonly kind: IdentifierKind;
  readonly claimId: string;
}

export interface RemoveUser {
  readonly type: 'remove-user';
}

/** Removes the user where that was not done yet. */
export interface EraseUser {
  readonly type: 'erase-user';
  readonly identifiers: IdentifierPolicy;
}

export interface EndSessions {
  readonly type: 'end-sessions';
  /** The present security generation; where the user is past it, the sessions of it have ended already. */
  readonly generation: number;
}

export interface AssignApp {
  readonly type: 'assign-app';
  readonly appId: string;
  readonly appNumber: number;
}

export interface UnassignApp {
  readonly type: 'unassign-app';
  readonly appId: string;
}

export type UserCommand =
  | RegisterUser
  | ChangeUser
  | AddIdentifier
  | ChangeIdentifier
  | RemoveIdentifier
  | YieldIdentifier
  | RemovePassword
  | GrantOwnership
  | JoinWorkspace
  | LeaveWorkspace
  | RehashPassword
  | AbandonClaim
  | RemoveUser
  | EraseUser
  | EndSessions
  | AssignApp
  | UnassignApp;
