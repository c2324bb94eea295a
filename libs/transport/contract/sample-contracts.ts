import { randomUUID } from 'node:crypto';
import { defineCommand, defineQuery, type RequestContext } from '@evident/contracts';
import { z } from 'zod';

/** Messages that exist only for the suite. */
export const echo = defineQuery('identity-projection', 'contract-echo', {
  request: z.object({
    text: z.string(),
    count: z.number().int().optional(),
    list: z.array(z.object({ name: z.string().nullable() })).optional(),
  }),
  value: z.object({ text: z.string(), seen: z.record(z.string(), z.unknown()).optional() }),
});

export const keep = defineCommand('auth-command', 'contract-keep', {
  request: z.object({ anything: z.unknown() }),
  value: z.object({ kept: z.boolean(), row: z.object({ tags: z.array(z.string()) }).optional() }),
});

export const unanswered = defineQuery('token-issuer', 'contract-unanswered', {
  request: z.object({}),
  value: z.object({}),
});

/** A context whose deadline is far enough not to matter, unless told. */
export function someContext(more: Partial<RequestContext> = {}): RequestContext {
  return {
    tenant: 'main',
    deadline: Date.now() + 20_000,
    correlationId: 'suite-1',
    commandId: randomUUID(),
    ...more,
  };
}
