import type {
  assignApp,
  authenticate,
  changeApp,
  changeUser,
  endSessions,
  erasePerson,
  Reply,
  registerApp,
  registerUser,
  removeApp,
  removeUser,
  rotateAppKey,
  unassignApp,
  undoChanges,
  verifyCredentials,
} from '@evident/contracts';
import type { IdentifierPolicy } from '@evident/domain';
import type { AccessCommands } from './access/access-commands.ts';
import type { Administrators } from './administrators/administrators.ts';
import type { CommandHandler } from './answering.ts';
import type { MachineCommands } from './machines/machine-commands.ts';
import type { OperationHandlers } from './operations/operation-handlers.ts';
import type { PeopleCommands } from './people/people-commands.ts';

/** Erasures without a caller. */
export interface ErasuresAtHand {
  erase(userId: string, identifiers: IdentifierPolicy): Promise<Reply<{ userId: string }>>;
  /** How many were completed. */
  resume(): Promise<number>;
}

/** The service without a transport: what each message is answered with. */
export interface AuthCommand extends AccessCommands, MachineCommands, PeopleCommands {
  readonly verifyCredentials: CommandHandler<typeof verifyCredentials>;
  readonly authenticate: CommandHandler<typeof authenticate>;
  readonly registerUser: CommandHandler<typeof registerUser>;
  readonly changeUser: CommandHandler<typeof changeUser>;
  readonly removeUser: CommandHandler<typeof removeUser>;
  readonly assignApp: CommandHandler<typeof assignApp>;
  readonly unassignApp: CommandHandler<typeof unassignApp>;
  readonly registerApp: CommandHandler<typeof registerApp>;
  readonly changeApp: CommandHandler<typeof changeApp>;
  readonly removeApp: CommandHandler<typeof removeApp>;
  readonly rotateAppKey: CommandHandler<typeof rotateAppKey>;
  readonly endSessions: CommandHandler<typeof endSessions>;
  readonly erasePerson: CommandHandler<typeof erasePerson>;
  readonly undoChanges: CommandHandler<typeof undoChanges>;
  /** What operators decide about projections and webhooks. */
  readonly operations: OperationHandlers;
  /** For whoever holds the machine: by the operator's own word, and what an earlier process left unfinished. */
  readonly erasures: ErasuresAtHand;
  /** For whoever holds the machine: first start and the `evident admin` command. */
  readonly administrators: Administrators;
  /** Frees names that interrupted commands left claimed, in one pass; how many. The service does it by itself once started. */
  sweepClaims(): Promise<number>;
  /** Deletes the keys of old attempts that named nobody; which. The service does it by itself once started. */
  forgetUnknownCallers(): Promise<readonly string[]>;
  /** Begins what runs by itself. */
  start(): void;
  /** Finishes what nobody waits for, then lets go of threads and timers. The log stays open. Idempotent. */
  close(): Promise<void>;
}
