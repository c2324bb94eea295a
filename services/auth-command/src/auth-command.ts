import type {
  authenticate,
  MessageContract,
  Reply,
  RequestContext,
  RequestOf,
  registerUser,
  ValueOf,
  verifyCredentials,
} from '@evident/contracts';

type Handler<Contract extends MessageContract> = (
  request: RequestOf<Contract>,
  context: RequestContext,
) => Promise<Reply<ValueOf<Contract>>>;

/** The service without a transport: what each message is answered with. */
export interface AuthCommand {
  readonly verifyCredentials: Handler<typeof verifyCredentials>;
  readonly authenticate: Handler<typeof authenticate>;
  readonly registerUser: Handler<typeof registerUser>;
  /** Finishes what nobody waits for, then lets go of threads and timers. The log stays open. */
  close(): Promise<void>;
}
