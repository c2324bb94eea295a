import { fail, type MessageContract, type ReplyError, type RequestContext, requestContext } from '@evident/contracts';
import type { z } from 'zod';
import { deepFreeze } from './deep-freeze.ts';

export type ReceivedRequest =
  | { readonly ok: true; readonly payload: unknown; readonly context: RequestContext }
  | { readonly ok: false; readonly error: ReplyError };

/** Contexts that were found valid, kept frozen: one context often travels with several requests of a process. */
const validContexts = new WeakSet<object>();

/**
 * The same context with less time, for a request that is made while another one is answered. Of a context that was found
 * valid it is not looked at again where it arrives in the same process.
 */
export function withDeadline(context: RequestContext, deadline: number): RequestContext {
  const sooner = { ...context, deadline };
  if (Number.isSafeInteger(deadline) && validContexts.has(context)) validContexts.add(Object.freeze(sooner));
  return sooner;
}

/** Holds a received envelope against `requestContext` and the contract. The payload handed on is a frozen copy. */
export function receiveRequest(contract: MessageContract, envelope: unknown): ReceivedRequest {
  try {
    return receive(contract, envelope);
  } catch (error) {
    // Whatever looks through a value calls itself for each level of it; JSON has more levels than the stack.
    if (error instanceof RangeError) return refuse('depth', []);
    throw error;
  }
}

function receive(contract: MessageContract, envelope: unknown): ReceivedRequest {
  if (typeof envelope !== 'object' || envelope === null) return refuse('envelope', []);
  const { payload, context } = envelope as { payload?: unknown; context?: unknown };
  const knownContext = receiveContext(context);
  if (!knownContext.success) return refuse('context', knownContext.error.issues);
  const parsed = contract.request.safeParse(payload);
  if (!parsed.success) return refuse('payload', parsed.error.issues);
  return { ok: true, payload: deepFreeze(parsed.data), context: knownContext.data };
}

function receiveContext(context: unknown) {
  if (typeof context === 'object' && context !== null && validContexts.has(context)) {
    return { success: true, data: context as RequestContext } as const;
  }
  const parsed = requestContext.safeParse(context);
  if (parsed.success) validContexts.add(Object.freeze(parsed.data));
  return parsed;
}

/** Paths and messages of zod name fields and rules; they do not repeat what was sent. */
function refuse(part: string, issues: readonly z.core.$ZodIssue[]) {
  const named = issues.slice(0, 10).map(({ path, message, code }) => ({ path: path.map(String), message, code }));
  return fail('request.invalid', { details: { part, issues: named } });
}
