import { forTenant } from '@evident/caller';
import { fail, type Reply, type RequestContext } from '@evident/contracts';
import { SigningUnavailable } from './keys/signing-unavailable.ts';

/** A handler for requests of this tenant alone; where it cannot sign just now, that is said as such. */
export function answering<Request, Value>(
  tenant: string,
  handle: (request: Request, context: RequestContext) => Promise<Reply<Value>>,
) {
  return forTenant(tenant, async (request: Request, context: RequestContext): Promise<Reply<Value>> => {
    try {
      return await handle(request, context);
    } catch (fault) {
      if (fault instanceof SigningUnavailable) return fail('signing.unavailable', { retryAfterSeconds: 1 });
      throw fault;
    }
  });
}
