import { fail, type Reply, type RequestContext } from '@evident/contracts';
import { PasswordHashFault, PersonKeysFault } from '@evident/crypto';
import type { Log } from '@evident/log';

/** Faults of stores other than the log that pass by themselves; the transport knows those of the log. */
const passing: ReadonlySet<string> = new Set(['unavailable', 'disk-full', 'closed']);

/** A handler for requests of this tenant alone; what a store that is away makes of it is said as such. */
export function answering<Request, Value>(
  { tenant }: Pick<Log, 'tenant'>,
  handle: (request: Request, context: RequestContext) => Promise<Reply<Value>>,
) {
  return async (request: Request, context: RequestContext): Promise<Reply<Value>> => {
    if (context.tenant !== tenant) return fail('request.invalid', { details: { part: 'tenant' } });
    try {
      return await handle(request, context);
    } catch (fault) {
      const known = fault instanceof PersonKeysFault || fault instanceof PasswordHashFault;
      if (known && passing.has(fault.code)) return fail('store.unavailable', { retryAfterSeconds: 1 });
      throw fault;
    }
  };
}
