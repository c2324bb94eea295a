import { type ClaimState, countAbandoned } from '../claim-state.ts';
import type { IdentifierKind, UserEvent } from './events.ts';

export interface UserIdentifier {
  readonly kind: IdentifierKind;
  readonly value: string;
  readonly lookup: string;
  readonly claimId: string;
  readonly verified: boolean;
}

export interface UserState {
  readonly registered: boolean;
  readonly removed: boolean;
  readonly number: number;
  readonly isActive: boolean;
  readonly isAdmin: boolean;
  /** Goes up with all that ends tokens; 0 before registration. */
  readonly generation: number;
  /** Sealed PHC string; empty before registration. */
  readonly passwordHash: string;
  readonly identifiers: Readonly<Partial<Record<IdentifierKind, UserIdentifier>>>;
  readonly claims: ReadonlyMap<string, ClaimState>;
  /** App uuid → its integer id. */
  readonly apps: ReadonlyMap<string, number>;
}

export const initialUser: UserState = {
  registered: false,
  removed: false,
  number: 0,
  isActive: false,
  isAdmin: false,
  generation: 0,
  passwordHash: '',
  identifiers: {},
  claims: new Map(),
  apps: new Map(),
};

export function evolveUser(state: UserState, event: UserEvent): UserState {
  switch (event.type) {
    case 'user.registered':
      return { ...state, registered: true, number: event.data.number, isActive: true };
    case 'user.identifier-added': {
      const { kind, claimId } = event.data;
      return {
        ...state,
        identifiers: { ...state.identifiers, [kind]: event.data },
        claims: new Map(state.claims).set(claimId, 'live'),
      };
    }
    case 'user.identifier-verified': {
      const identifier = state.identifiers[event.data.kind];
      if (identifier?.claimId !== event.data.claimId) return state;
      return { ...state, identifiers: { ...state.identifiers, [identifier.kind]: { ...identifier, verified: true } } };
    }
    case 'user.identifier-removed': {
      const { kind, claimId } = event.data;
      const { [kind]: current, ...others } = state.identifiers;
      return {
        ...state,
        identifiers: current?.claimId === claimId ? others : state.identifiers,
        claims: new Map(state.claims).set(claimId, 'ended'),
      };
    }
    case 'user.claim-abandoned':
      return { ...state, claims: new Map(state.claims).set(event.data.claimId, 'abandoned') };
    case 'user.password-changed':
      return { ...state, passwordHash: event.data.passwordHash, generation: event.data.generation };
    case 'user.password-rehashed':
      return { ...state, passwordHash: event.data.passwordHash };
    case 'user.deactivated':
      return { ...state, isActive: false, generation: event.data.generation };
    case 'user.reactivated':
      return { ...state, isActive: true };
    case 'user.removed':
      return { ...state, removed: true, isActive: false, isAdmin: false, generation: event.data.generation };
    case 'user.sessions-ended':
      return { ...state, generation: event.data.generation };
    case 'user.admin-granted':
      return { ...state, isAdmin: true };
    case 'user.admin-revoked':
      return { ...state, isAdmin: false, generation: event.data.generation };
    case 'user.app-assigned':
      return { ...state, apps: new Map(state.apps).set(event.data.appId, event.data.appNumber) };
    case 'user.app-unassigned': {
      const apps = new Map(state.apps);
      apps.delete(event.data.appId);
      return { ...state, apps };
    }
  }
}

/** How many claims were abandoned here: names the attempt, so that a retry makes a claim of its own. */
export function abandonedClaims(state: UserState): number {
  return countAbandoned(state.claims);
}
