import type {
  addMember,
  changeRole,
  changeWorkspace,
  createRole,
  createWorkspace,
  MessageContract,
  Reply,
  RequestContext,
  RequestOf,
  removeMember,
  removeRole,
  removeWorkspace,
  ValueOf,
} from '@evident/contracts';
import type { Command } from '../command.ts';
import type { CommandEnvironment } from '../command-environment.ts';
import type { Permission } from '../permitted.ts';
import { createChangeRole } from '../roles/change-role.ts';
import { createCreateRole } from '../roles/create-role.ts';
import { createRemoveRole } from '../roles/remove-role.ts';
import { createAddMember } from '../workspaces/add-member.ts';
import { createChangeWorkspace } from '../workspaces/change-workspace.ts';
import { createCreateWorkspace } from '../workspaces/create-workspace.ts';
import { createRemoveMember } from '../workspaces/remove-member.ts';
import { createRemoveWorkspace } from '../workspaces/remove-workspace.ts';

type Handler<Contract extends MessageContract> = (
  request: RequestOf<Contract>,
  context: RequestContext,
) => Promise<Reply<ValueOf<Contract>>>;

/** Roles, workspaces and who is in them. */
export interface AccessCommands {
  readonly createRole: Handler<typeof createRole>;
  readonly changeRole: Handler<typeof changeRole>;
  readonly removeRole: Handler<typeof removeRole>;
  readonly createWorkspace: Handler<typeof createWorkspace>;
  readonly changeWorkspace: Handler<typeof changeWorkspace>;
  readonly removeWorkspace: Handler<typeof removeWorkspace>;
  readonly addMember: Handler<typeof addMember>;
  readonly removeMember: Handler<typeof removeMember>;
}

type Guarded = <Request extends object, Value>(
  permission: Permission<Request>,
  useCase: (request: Request, command: Command) => Promise<Reply<Value>>,
) => (request: Request, context: RequestContext) => Promise<Reply<Value>>;

/** Each use case asks for its scope itself, since it takes the object in question. */
export function createAccessCommands(env: CommandEnvironment, guarded: Guarded): AccessCommands {
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
