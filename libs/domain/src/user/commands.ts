import type { IdentifierKind } from './events.ts';

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

export interface RegisterUser {
  readonly type: 'register-user';
  readonly number: number;
  readonly identifiers: readonly ClaimedIdentifier[];
  /** Sealed PHC string. */
  readonly passwordHash: string;
  readonly isAdmin: boolean;
}

/** All or nothing; absent members stay as they are. */
export interface ChangeUser {
  readonly type: 'change-user';
  /**
   * New identifiers; each takes the place of the one of its kind. One whose prepared form is the same as before (only
   * its case changed, say) names the claim that stands; it changes what is shown.
   */
  readonly identifiers?: readonly ClaimedIdentifier[];
  /** Sealed PHC string of a new password. */
  readonly passwordHash?: string;
  readonly isActive?: boolean;
  readonly isAdmin?: boolean;
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
  | RehashPassword
  | AbandonClaim
  | RemoveUser
  | EndSessions
  | AssignApp
  | UnassignApp;
