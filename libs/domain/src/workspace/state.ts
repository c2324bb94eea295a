import type { ClaimState } from '../claim-state.ts';
import type { WorkspaceEvent, WorkspaceSettings } from './events.ts';

export interface WorkspaceState {
  readonly created: boolean;
  readonly removed: boolean;
  readonly name: string;
  readonly slug: string;
  /** Keyed hash of the slug, as in the name of its reservation stream. */
  readonly lookup: string;
  readonly claimId: string;
  readonly description: string;
  readonly logoUrl: string | null;
  readonly settings: WorkspaceSettings;
  readonly isActive: boolean;
  readonly ownerId: string | null;
  readonly claims: ReadonlyMap<string, ClaimState>;
}

export const initialWorkspace: WorkspaceState = {
  created: false,
  removed: false,
  name: '',
  slug: '',
  lookup: '',
  claimId: '',
  description: '',
  logoUrl: null,
  settings: {},
  isActive: false,
  ownerId: null,
  claims: new Map(),
};

export function evolveWorkspace(state: WorkspaceState, event: WorkspaceEvent): WorkspaceState {
  switch (event.type) {
    case 'workspace.created': {
      const { claimId } = event.data;
      return { ...state, ...event.data, created: true, claims: new Map(state.claims).set(claimId, 'live') };
    }
    case 'workspace.changed':
      return { ...state, ...event.data };
    case 'workspace.removed': {
      const claims = new Map(state.claims).set(event.data.claimId, 'ended');
      return { ...state, removed: true, isActive: false, claims };
    }
    case 'workspace.claim-abandoned':
      return { ...state, claims: new Map(state.claims).set(event.data.claimId, 'abandoned') };
  }
}

/** Created, and not removed since; whether it gives anything, `isActive` says. */
export function isLivingWorkspace({ created, removed }: Pick<WorkspaceState, 'created' | 'removed'>): boolean {
  return created && !removed;
}
