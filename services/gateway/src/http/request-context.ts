import type { RequestContext } from '@evident/contracts';
import { type Clock, timeOrderedUuid } from '@evident/runtime';
import type { FastifyRequest } from 'fastify';
import { clientAddress } from '../limits/client-address.ts';
import { clipped } from './clipped.ts';

/** How long a request may take until nobody waits for its answer any more. */
export const requestForMs = 10_000;
const longestUserAgent = 512;

const idempotencyKey = /^[\x21-\x7e](?:[\x20-\x7e]{0,126}[\x21-\x7e])?$/;
const printedPosition = /^[\x21-\x7e]{1,256}$/;

/** The text of a header that may be given once; undefined where it is not there. */
export function singleHeader(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
}

/** `Idempotency-Key` as sent; `malformed` where it is not 1 to 128 printable characters. */
export function idempotencyKeyOf(request: FastifyRequest): { key?: string; malformed?: true } {
  const key = singleHeader(request, 'idempotency-key');
  if (key === undefined) return {};
  return idempotencyKey.test(key) ? { key } : { malformed: true };
}

/** `X-Evident-Min-Position` as sent; `malformed` where no server ever printed such a position. */
export function minPositionOf(request: FastifyRequest): { position?: string; malformed?: true } {
  const position = singleHeader(request, 'x-evident-min-position');
  if (position === undefined) return {};
  return printedPosition.test(position) ? { position } : { malformed: true };
}

export interface ContextMembers {
  readonly tenant: string;
  readonly now: Clock;
  readonly credential?: string | undefined;
  readonly idempotencyKey?: string | undefined;
  readonly minPosition?: string | undefined;
  readonly traceparent?: string | undefined;
}

/** What travels with every message that this request causes. */
export function requestContext(request: FastifyRequest, members: ContextMembers): RequestContext {
  const { credential, idempotencyKey: key, minPosition, traceparent } = members;
  const now = members.now();
  const clientIp = clientAddress(request);
  const agent = request.headers['user-agent'];
  return {
    tenant: members.tenant,
    deadline: now + requestForMs,
    correlationId: request.id,
    commandId: timeOrderedUuid(now),
    ...(key === undefined ? undefined : { idempotencyKey: key }),
    ...(credential === undefined ? undefined : { credential }),
    ...(clientIp === undefined ? undefined : { clientIp }),
    ...(agent === undefined || agent === '' ? undefined : { userAgent: clipped(agent, longestUserAgent) }),
    ...(minPosition === undefined ? undefined : { minPosition }),
    ...(traceparent === undefined ? undefined : { traceparent }),
  };
}
