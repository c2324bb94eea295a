import { forTenant } from '@evident/caller';
import {
  fail,
  type MessageContract,
  type Reply,
  type RequestContext,
  type RequestOf,
  type ValueOf,
} from '@evident/contracts';
import { PasswordHashFault, PersonKeysFault } from '@evident/crypto';
import type { Log } from '@evident/log';

/** Answers one kind of command; always later, since each waits for the log. */
export type CommandHandler<Contract extends MessageContract> = (
  request: RequestOf<Contract>,
  context: RequestContext,
) => Promise<Reply<ValueOf<Contract>>>;

/** Faults of stores other than the log that pass by themselves; the transport knows those of the log. */
const passing: ReadonlySet<string> = new Set(['unavailable', 'disk-full', 'closed']);

/** A handler for requests of this tenant alone; what a store that is away makes of it is said as such. */
export function answering<Request, Value>(
  { tenant }: Pick<Log, 'tenant'>,
  handle: (request: Request, context: RequestContext) => Promise<Reply<Value>>,
) {
  const handleOwn = forTenant(tenant, handle);
  return async (request: Request, context: RequestContext): Promise<Reply<Value>> => {
    try {
      return await handleOwn(request, context);
    } catch (fault) {
      const known = fault instanceof PersonKeysFault || fault instanceof PasswordHashFault;
      if (known && passing.has(fault.code)) return fail('store.unavailable', { retryAfterSeconds: 1 });
      throw fault;
    }
  };
}
