import type { changeApp, registerApp, removeApp, rotateAppKey } from '@evident/contracts';
import type { CommandHandler } from '../answering.ts';
import type { CommandEnvironment } from '../command-environment.ts';
import type { Guard } from '../permitted.ts';
import { createChangeApp } from './change-app.ts';
import { createRegisterApp } from './register-app.ts';
import { createRemoveApp } from './remove-app.ts';
import { createRotateAppKey } from './rotate-app-key.ts';

/** Apps and the keys with which they ask `/verify`. */
export interface AppCommands {
  readonly registerApp: CommandHandler<typeof registerApp>;
  readonly changeApp: CommandHandler<typeof changeApp>;
  readonly removeApp: CommandHandler<typeof removeApp>;
  readonly rotateAppKey: CommandHandler<typeof rotateAppKey>;
}

export function createAppCommands(env: CommandEnvironment, guarded: Guard): AppCommands {
  const permission = (name: string, verb: string) => ({ name, scope: `${verb}:sso/app` });
  const byId = { target: ({ id }: { id: number }) => [id] };
  return {
    registerApp: guarded(permission('register-app', 'create'), createRegisterApp(env)),
    changeApp: guarded({ ...permission('change-app', 'update'), ...byId }, createChangeApp(env)),
    removeApp: guarded({ ...permission('remove-app', 'delete'), ...byId }, createRemoveApp(env)),
    rotateAppKey: guarded({ ...permission('rotate-app-key', 'update'), ...byId }, createRotateAppKey(env)),
  };
}
