import type { Caller } from '@evident/caller';
import type { RequestContext } from '@evident/contracts';
import type { CommandMetadata } from '@evident/event-store';
import type { TokenIssuerDependencies } from './dependencies.ts';

type Deps = Pick<TokenIssuerDependencies, 'log' | 'now'>;

/** Where a request came from, as far as it is known. */
export function clientOf({ clientIp, userAgent }: RequestContext) {
  return {
    ...(clientIp === undefined ? {} : { clientIp }),
    ...(userAgent === undefined ? {} : { userAgent }),
  };
}

/**
 * What every event of a command carries. An `Idempotency-Key` plays no part: each command of this service, sent again
 * under another id, changes nothing the second time.
 */
export function metadataFor(deps: Deps, context: RequestContext, actor: string, person: string): CommandMetadata {
  return {
    tenant: deps.log.tenant,
    actor,
    commandId: context.commandId,
    correlationId: context.correlationId,
    ...(context.causationId === undefined ? {} : { causationId: context.causationId }),
    occurredAt: deps.now(),
    clientPerson: person,
    ...clientOf(context),
  };
}

/** The same for who showed a credential. */
export function commandMetadata(deps: Deps, caller: Caller, context: RequestContext): CommandMetadata {
  const { actor, onBehalfOf, holder } = caller;
  return { ...metadataFor(deps, context, actor, holder.id), ...(onBehalfOf === undefined ? {} : { onBehalfOf }) };
}
