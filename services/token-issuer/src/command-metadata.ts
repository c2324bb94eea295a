import type { KeyObject } from 'node:crypto';
import type { Caller } from '@evident/caller';
import type { RequestContext } from '@evident/contracts';
import { idempotentCommandId } from '@evident/crypto';
import { type CommandMetadata, canonicalJson, type JsonObject } from '@evident/event-store';
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
 * What every event of a command carries. An `Idempotency-Key` plays no part in it: what ends a session, or is proven by
 * something that counts once, changes nothing when it is sent again under another id. See `repeatableMetadata`.
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

/**
 * The same for a command that would do more each time: where there is an `Idempotency-Key`, it makes the command id with
 * tenant, caller and command, and the fingerprint tells a repeat from another request under the same id.
 */
export function repeatableMetadata(
  deps: Deps,
  caller: Caller,
  context: RequestContext,
  { key, name, payload }: { readonly key: KeyObject; readonly name: string; readonly payload: JsonObject },
): CommandMetadata {
  const { idempotencyKey, commandId } = context;
  const { actor } = caller;
  return {
    ...commandMetadata(deps, caller, context),
    commandId:
      idempotencyKey === undefined
        ? commandId
        : idempotentCommandId(key, [deps.log.tenant, actor, name, idempotencyKey]),
    fingerprint: idempotentCommandId(key, ['fingerprint', actor, name, canonicalJson(payload)]),
  };
}
