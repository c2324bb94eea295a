export type { NewAdministrator, UserWithPassword } from './administrators/administrators.ts';
export { ensureAdministrator } from './administrators/ensure-administrator.ts';
export { AuthCommandModule } from './auth-command.module.ts';
export type { AuthCommand } from './auth-command.ts';
export { createAuthCommand } from './create-auth-command.ts';
export type { AuthCommandDependencies } from './dependencies.ts';
