import { accept, type Decider, type Decision, reject } from '../decider.ts';
import { sameJson } from '../same-json.ts';
import type { AbandonWorkspaceClaim, ChangeWorkspace, CreateWorkspace, WorkspaceCommand } from './commands.ts';
import type { WorkspaceEvent } from './events.ts';
import { evolveWorkspace, initialWorkspace, isLivingWorkspace, type WorkspaceState } from './state.ts';

/**
 * `claim-lost`: the claim on the slug was given up before. `claim-complete`: the slug is the workspace's, so the claim
 * cannot be abandoned.
 */
export type WorkspaceRejection =
  | 'workspace.unknown'
  | 'workspace.claim-lost'
  | 'workspace.claim-complete'
  | 'workspace.already-created';
type WorkspaceDecision = Decision<WorkspaceEvent, WorkspaceRejection>;

/** One workspace, on `workspace-<tenant>.<id>`. Who is in it is on the streams of its members. */
export const workspaceDecider: Decider<WorkspaceCommand, WorkspaceState, WorkspaceEvent, WorkspaceRejection> = {
  initial: initialWorkspace,
  evolve: evolveWorkspace,
  decide(command, state) {
    // Before it is created its stream may hold abandoned claims, so these two come before the check of existence.
    if (command.type === 'create-workspace') return create(command, state);
    if (command.type === 'abandon-claim') return abandon(command, state);
    if (!isLivingWorkspace(state)) return reject('workspace.unknown');
    if (command.type === 'change-workspace') return change(command, state);
    return accept({ type: 'workspace.removed', data: { claimId: state.claimId } });
  },
};

function create({ type: _, ...data }: CreateWorkspace, state: WorkspaceState): WorkspaceDecision {
  if (state.created) return reject('workspace.already-created');
  if (state.claims.has(data.claimId)) return reject('workspace.claim-lost');
  return accept({ type: 'workspace.created', data });
}

function change({ type: _, ...changes }: ChangeWorkspace, state: WorkspaceState): WorkspaceDecision {
  const { name, description, logoUrl, settings, isActive } = state;
  const present = { name, description, logoUrl, settings, isActive };
  const data = { ...present, ...changes };
  return sameJson(data, present) ? accept() : accept({ type: 'workspace.changed', data });
}

function abandon({ claimId }: AbandonWorkspaceClaim, state: WorkspaceState): WorkspaceDecision {
  const claim = state.claims.get(claimId);
  if (claim === 'live') return reject('workspace.claim-complete');
  return claim === undefined ? accept({ type: 'workspace.claim-abandoned', data: { claimId } }) : accept();
}
