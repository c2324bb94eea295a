import type {
  assignApp,
  authenticate,
  changeAgent,
  changeApp,
  changeUser,
  createAgent,
  endSessions,
  erasePerson,
  issueApiKey,
  MessageContract,
  Reply,
  RequestContext,
  RequestOf,
  registerApp,
  registerUser,
  removeAgent,
  removeApp,
  removeUser,
  revokeApiKey,
  rotateAppKey,
  unassignApp,
  undoChanges,
  ValueOf,
  verifyCredentials,
} from '@evident/contracts';
import type { IdentifierPolicy } from '@evident/domain';
import type { AccessCommands } from './access/access-commands.ts';
import type { Administrators } from './administrators/administrators.ts';
import type { OperationHandlers } from './operations/operation-handlers.ts';
import type { PeopleCommands } from './people/people-commands.ts';

/** Erasures without a caller. */
export interface ErasuresAtHand {
  erase(userId: string, identifiers: IdentifierPolicy): Promise<Reply<{ userId: string }>>;
  /** How many were completed. */
  resume(): Promise<number>;
}

type Handler<Contract extends MessageContract> = (
  request: RequestOf<Contract>,
  context: RequestContext,
) => Promise<Reply<ValueOf<Contract>>>;

/** The service without a transport: what each message is answered with. */
export interface AuthCommand extends AccessCommands, PeopleCommands {
  readonly verifyCredentials: Handler<typeof verifyCredentials>;
  readonly authenticate: Handler<typeof authenticate>;
  readonly registerUser: Handler<typeof registerUser>;
  readonly changeUser: Handler<typeof changeUser>;
  readonly removeUser: Handler<typeof removeUser>;
  readonly assignApp: Handler<typeof assignApp>;
  readonly unassignApp: Handler<typeof unassignApp>;
  readonly registerApp: Handler<typeof registerApp>;
  readonly changeApp: Handler<typeof changeApp>;
  readonly removeApp: Handler<typeof removeApp>;
  readonly rotateAppKey: Handler<typeof rotateAppKey>;
  readonly endSessions: Handler<typeof endSessions>;
  readonly erasePerson: Handler<typeof erasePerson>;
  readonly undoChanges: Handler<typeof undoChanges>;
  readonly createAgent: Handler<typeof createAgent>;
  readonly changeAgent: Handler<typeof changeAgent>;
  readonly removeAgent: Handler<typeof removeAgent>;
  readonly issueApiKey: Handler<typeof issueApiKey>;
  readonly revokeApiKey: Handler<typeof revokeApiKey>;
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
