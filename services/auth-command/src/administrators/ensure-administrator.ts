import type { Config } from '@evident/runtime';
import type { AuthCommand } from '../auth-command.ts';
import type { NewAdministrator } from './administrators.ts';

/**
 * To be called at each start, once the service is there. Makes the first administrator of a new log; undefined where
 * there is one. See `Administrators.ensureFirst`.
 */
export function ensureAdministrator(
  { administrators }: Pick<AuthCommand, 'administrators'>,
  { administrator }: Pick<Config, 'administrator'>,
  announce?: (administrator: NewAdministrator) => Promise<void> | void,
): Promise<NewAdministrator | undefined> {
  return administrators.ensureFirst(administrator, announce);
}
