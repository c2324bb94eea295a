import { z } from 'zod';
import { defineEvent, type EventOf } from '../event-registry.ts';
import { instant, revision, uuid } from '../fields.ts';

/**
 * A sign-in became a session. The stream is named after the sign-in event, so the same evidence can open no second
 * one. `generation` is the user's at sign-in: a session of an older generation has ended.
 */
export const sessionOpened = defineEvent(
  'session.opened',
  z.object({
    userId: uuid,
    audience: z.string().min(1),
    generation: z.number().int().positive(),
    evidence: z.object({ stream: z.string(), revision, eventId: uuid }),
    openedAt: instant,
    expiresAt: instant,
  }),
);

export const sessionRevoked = defineEvent('session.revoked', z.object({ userId: uuid, revokedAt: instant }));

export const sessionEvents = [sessionOpened, sessionRevoked] as const;
export type SessionEvent = EventOf<(typeof sessionEvents)[number]>;
