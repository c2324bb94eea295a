import type {
  assignApp,
  authenticate,
  changeApp,
  changeUser,
  MessageContract,
  Reply,
  RequestContext,
  RequestOf,
  registerApp,
  registerUser,
  removeApp,
  removeUser,
  rotateAppKey,
  unassignApp,
  ValueOf,
  verifyCredentials,
} from '@evident/contracts';
import type { Administrators } from './administrators/administrators.ts';

type Handler<Contract extends MessageContract> = (
  request: RequestOf<Contract>,
  context: RequestContext,
) => Promise<Reply<ValueOf<Contract>>>;

/** The service without a transport: what each message is answered with. */
export interface AuthCommand {
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
  /** For whoever holds the machine: first start and the `evident admin` command. */
  readonly administrators: Administrators;
  /** Frees names that interrupted commands left claimed, in one pass; how many. The service does it by itself once started. */
  sweepClaims(): Promise<number>;
  /** Begins what runs by itself. */
  start(): void;
  /** Finishes what nobody waits for, then lets go of threads and timers. The log stays open. Idempotent. */
  close(): Promise<void>;
}
