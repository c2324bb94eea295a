import type { DefineCommand } from '../cli/command.ts';
import { defineAdmin } from './admin.ts';
import { defineAudit } from './audit/index.ts';
import { defineBackup } from './backup.ts';
import { defineDoctor } from './doctor.ts';
import { defineHelp } from './help.ts';
import { defineKeys } from './keys.ts';
import { defineLog } from './log.ts';
import { defineMigrate } from './migrate.ts';
import { definePerson } from './person.ts';
import { defineProjections } from './projections.ts';
import { defineRestore } from './restore.ts';
import { defineStart } from './start.ts';
import { defineWebhooks } from './webhooks.ts';

/** Every command, in the order of the help. A new one is a file beside this and a line here. */
export const commands: readonly DefineCommand[] = [
  defineStart,
  defineAdmin,
  defineAudit,
  defineKeys,
  defineDoctor,
  defineBackup,
  defineRestore,
  defineMigrate,
  defineLog,
  definePerson,
  defineProjections,
  defineWebhooks,
  defineHelp,
];
