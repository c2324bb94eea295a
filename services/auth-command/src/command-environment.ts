import type { Log } from '@evident/log';
import type { Clock, Logger } from '@evident/runtime';
import type { RequestClient } from '@evident/transport';
import type { Accounts } from './accounts.ts';
import type { Roster } from './administrators/roster.ts';
import type { Claims } from './claims/claims.ts';
import type { NewPasswords } from './passwords/new-passwords.ts';
import type { ServiceKeys } from './service-keys.ts';
import type { Turns } from './turns.ts';

/** What the commands work with. */
export interface CommandEnvironment {
  readonly log: Log;
  readonly accounts: Accounts;
  readonly claims: Claims;
  readonly roster: Roster;
  readonly newPasswords: NewPasswords;
  readonly keys: ServiceKeys;
  readonly turns: Turns;
  /** Asks identity-projection, whose rows say where to look and decide nothing. */
  readonly client: RequestClient;
  readonly logger: Logger;
  readonly now: Clock;
}
