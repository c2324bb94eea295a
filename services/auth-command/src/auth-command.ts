import type { authenticate, erasePerson, Reply, undoChanges, verifyCredentials } from '@evident/contracts';
import type { IdentifierPolicy } from '@evident/domain';
import type { AccessCommands } from './access/access-commands.ts';
import type { Administrators } from './administrators/administrators.ts';
import type { CommandHandler } from './answering.ts';
import type { AppCommands } from './apps/app-commands.ts';
import type { MachineCommands } from './machines/machine-commands.ts';
import type { OperationCommands } from './operations/operation-commands.ts';
import type { PeopleCommands } from './people/people-commands.ts';
import type { UserCommands } from './users/user-commands.ts';

/** Erasures without a caller. */
export interface ErasuresAtHand {
  erase(userId: string, identifiers: IdentifierPolicy): Promise<Reply<{ userId: string }>>;
  /** How many were completed. */
  resume(): Promise<number>;
}

/** The service without a transport: what each message is answered with. */
export interface AuthCommand extends UserCommands, AppCommands, PeopleCommands, MachineCommands, AccessCommands {
  readonly verifyCredentials: CommandHandler<typeof verifyCredentials>;
  readonly authenticate: CommandHandler<typeof authenticate>;
  readonly erasePerson: CommandHandler<typeof erasePerson>;
  readonly undoChanges: CommandHandler<typeof undoChanges>;
  /** What operators decide about projections and webhooks. */
  readonly operations: OperationCommands;
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
