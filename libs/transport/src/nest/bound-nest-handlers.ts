import type { Reply, RequestContext } from '@evident/contracts';
import type { MessageHandler as NestHandler } from '@nestjs/microservices';
import { firstValueFrom, isObservable } from 'rxjs';
import type { BoundHandler } from '../message-handlers.ts';
import type { HandlesExtras } from './handles.decorator.ts';

/**
 * What Nest registered with a transport strategy, as this room's handlers: through Nest's guards, pipes and
 * interceptors. Throws at the start where a handler was not declared with `@Handles`, for nothing would validate it.
 */
export function boundNestHandlers(registered: ReadonlyMap<string, NestHandler>): BoundHandler[] {
  return [...registered].map(([subject, handler]) => {
    const { contract } = (handler.extras ?? {}) as Partial<HandlesExtras>;
    if (contract === undefined) throw new Error(`The handler of ${subject} was not declared with @Handles(contract)`);
    return { contract, handle: (payload, context) => call(handler, payload, context) };
  });
}

async function call(handler: NestHandler, payload: unknown, context: RequestContext): Promise<Reply<unknown>> {
  const answer: unknown = await handler(payload, context);
  // Whether it is a reply is checked where every handler's answer is.
  return (isObservable(answer) ? await firstValueFrom(answer) : answer) as Reply<unknown>;
}
