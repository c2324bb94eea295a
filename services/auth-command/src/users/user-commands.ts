import type { assignApp, changeUser, registerUser, removeUser, unassignApp } from '@evident/contracts';
import type { CommandHandler } from '../answering.ts';
import type { CommandEnvironment } from '../command-environment.ts';
import type { Guard } from '../permitted.ts';
import { createAssignApp } from './assign-app.ts';
import { createChangeUser } from './change-user.ts';
import { createRegisterUser } from './register-user.ts';
import { createRemoveUser } from './remove-user.ts';

/** Users by their integer ids, with a user name and an address each, and the apps that they may use (api/asf.md). */
export interface UserCommands {
  readonly registerUser: CommandHandler<typeof registerUser>;
  readonly changeUser: CommandHandler<typeof changeUser>;
  readonly removeUser: CommandHandler<typeof removeUser>;
  readonly assignApp: CommandHandler<typeof assignApp>;
  readonly unassignApp: CommandHandler<typeof unassignApp>;
}

export function createUserCommands(env: CommandEnvironment, guarded: Guard): UserCommands {
  const permission = (name: string, verb: string) => ({ name, scope: `${verb}:sso/user` });
  const byId = { target: ({ id }: { id: number }) => [id] };
  const byBoth = { target: ({ userId, appId }: { userId: number; appId: number }) => [userId, appId] };
  const assigned = (type: 'assign-app' | 'unassign-app') =>
    guarded({ ...permission(type, 'update'), ...byBoth }, createAssignApp(env, type));
  return {
    registerUser: guarded(permission('register-user', 'create'), createRegisterUser(env)),
    changeUser: guarded({ ...permission('change-user', 'update'), ...byId }, createChangeUser(env)),
    removeUser: guarded({ ...permission('remove-user', 'delete'), ...byId }, createRemoveUser(env)),
    assignApp: assigned('assign-app'),
    unassignApp: assigned('unassign-app'),
  };
}
