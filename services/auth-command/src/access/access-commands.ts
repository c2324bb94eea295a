import type {
  addMember,
  changeRole,
  changeWorkspace,
  createRole,
  createWorkspace,
  removeMember,
  removeRole,
  removeWorkspace,
} from '@evident/contracts';
import type { CommandHandler } from '../answering.ts';
import type { CommandEnvironment } from '../command-environment.ts';
import type { Guard } from '../permitted.ts';
import { createChangeRole } from '../roles/change-role.ts';
import { createCreateRole } from '../roles/create-role.ts';
import { createRemoveRole } from '../roles/remove-role.ts';
import { createAddMember } from '../workspaces/add-member.ts';
import { createChangeWorkspace } from '../workspaces/change-workspace.ts';
import { createCreateWorkspace } from '../workspaces/create-workspace.ts';
import { createRemoveMember } from '../workspaces/remove-member.ts';
import { createRemoveWorkspace } from '../workspaces/remove-workspace.ts';

/** Roles, workspaces and who is in them. */
export interface AccessCommands {
  readonly createRole: CommandHandler<typeof createRole>;
  readonly changeRole: CommandHandler<typeof changeRole>;
  readonly removeRole: CommandHandler<typeof removeRole>;
  readonly createWorkspace: CommandHandler<typeof createWorkspace>;
  readonly changeWorkspace: CommandHandler<typeof changeWorkspace>;
  readonly removeWorkspace: CommandHandler<typeof removeWorkspace>;
  readonly addMember: CommandHandler<typeof addMember>;
  readonly removeMember: CommandHandler<typeof removeMember>;
}

/** Each use case asks for its scope itself, since it takes the object in question. */
export function createAccessCommands(env: CommandEnvironment, guarded: Guard): AccessCommands {
  const byUid = { target: ({ uid }: { uid: string }) => [uid] };
  const byMember = {
    target: (request: { workspaceId: string; userId: string }) => [request.workspaceId, request.userId],
  };
  return {
    createRole: guarded({ name: 'create-role' }, createCreateRole(env)),
    changeRole: guarded({ name: 'change-role', ...byUid }, createChangeRole(env)),
    removeRole: guarded({ name: 'remove-role', ...byUid }, createRemoveRole(env)),
    createWorkspace: guarded({ name: 'create-workspace' }, createCreateWorkspace(env)),
    changeWorkspace: guarded({ name: 'change-workspace', ...byUid }, createChangeWorkspace(env)),
    removeWorkspace: guarded({ name: 'remove-workspace', ...byUid }, createRemoveWorkspace(env)),
    addMember: guarded({ name: 'add-member', ...byMember }, createAddMember(env)),
    removeMember: guarded({ name: 'remove-member', ...byMember }, createRemoveMember(env)),
  };
}
