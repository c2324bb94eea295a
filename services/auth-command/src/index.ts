export type { AuthCommand } from './auth-command.ts';
export { createAuthCommand } from './create-auth-command.ts';
export type { AuthCommandDependencies } from './dependencies.ts';
