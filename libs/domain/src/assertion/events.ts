import { z } from 'zod';
import { defineEvent, type EventOf } from '../event-registry.ts';
import { instant, uuid } from '../fields.ts';

/**
 * A statement that an agent signed was taken, for a token or to learn its scopes. The stream is named after the agent
 * and the statement's `jti`, so that it counts once. `scopes` and `audience` are those of the token, if one was given.
 */
export const assertionAccepted = defineEvent(
  'assertion.accepted',
  z.object({
    agentId: uuid,
    purpose: z.enum(['token', 'scopes']),
    audience: z.string().nullable(),
    scopes: z.array(z.string()),
    generation: z.number().int().positive(),
    acceptedAt: instant,
    /** Until when the statement said it counts: afterwards its `jti` means nothing. */
    expiresAt: instant,
  }),
);

export const assertionEvents = [assertionAccepted] as const;
export type AssertionEvent = EventOf<(typeof assertionEvents)[number]>;
