import { fail, type Reply, type RequestContext } from '@evident/contracts';

/** The same handler for requests of this tenant; one of another, of which nothing is known here, is not begun. */
export function forTenant<Request, Value>(
  tenant: string,
  handle: (request: Request, context: RequestContext) => Reply<Value> | Promise<Reply<Value>>,
) {
  return (request: Request, context: RequestContext): Reply<Value> | Promise<Reply<Value>> =>
    context.tenant === tenant ? handle(request, context) : fail('request.invalid', { details: { part: 'tenant' } });
}
