import type { ClaimState } from '../claim-state.ts';
import type { RoleEvent } from './events.ts';

export interface RoleState {
  readonly defined: boolean;
  readonly retired: boolean;
  readonly name: string;
  readonly slug: string;
  /** Keyed hash of the slug, as in the name of its reservation stream. */
  readonly lookup: string;
  readonly claimId: string;
  readonly description: string;
  readonly scopes: readonly string[];
  readonly isActive: boolean;
  readonly workspaceId: string | null;
  readonly ownerId: string | null;
  readonly claims: ReadonlyMap<string, ClaimState>;
}

export const initialRole: RoleState = {
  defined: false,
  retired: false,
  name: '',
  slug: '',
  lookup: '',
  claimId: '',
  description: '',
  scopes: [],
  isActive: false,
  workspaceId: null,
  ownerId: null,
  claims: new Map(),
};

export function evolveRole(state: RoleState, event: RoleEvent): RoleState {
  switch (event.type) {
    case 'role.defined': {
      const { claimId } = event.data;
      return { ...state, ...event.data, defined: true, claims: new Map(state.claims).set(claimId, 'live') };
    }
    case 'role.changed':
      return { ...state, ...event.data };
    case 'role.retired': {
      const claims = new Map(state.claims).set(event.data.claimId, 'ended');
      return { ...state, retired: true, isActive: false, claims };
    }
    case 'role.claim-abandoned':
      return { ...state, claims: new Map(state.claims).set(event.data.claimId, 'abandoned') };
  }
}

/** Defined, and not retired since; whether it gives anything, `isActive` says. */
export function isLivingRole({ defined, retired }: Pick<RoleState, 'defined' | 'retired'>): boolean {
  return defined && !retired;
}
