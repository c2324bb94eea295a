import { randomUUID } from 'node:crypto';
import type { RequestContext } from '@evident/contracts';

/** A request as the gateway would send it, with ten seconds to answer. */
export function requestContext(more: Partial<RequestContext> = {}): RequestContext {
  return {
    tenant: 'main',
    deadline: Date.now() + 10_000,
    correlationId: randomUUID(),
    commandId: randomUUID(),
    clientIp: '192.0.2.7',
    userAgent: 'spec',
    ...more,
  };
}
