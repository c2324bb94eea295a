import { z } from 'zod';
import { defineEvent, type EventOf } from '../event-registry.ts';
import { instant } from '../fields.ts';

/** A random key, wrapped by a configured one. `check` tells a wrong wrapping key from a damaged entry. */
export const keyringKeyAdded = defineEvent(
  'keyring.key-added',
  z.object({
    purpose: z.string().min(1),
    number: z.number().int().positive(),
    wrapped: z.string(),
    check: z.string(),
    addedAt: instant,
  }),
  { secret: ['wrapped', 'check'] },
);

/** The same keys under another wrapping key, all at once. */
export const keyringRewrapped = defineEvent(
  'keyring.rewrapped',
  z.object({
    keys: z.array(z.object({ purpose: z.string(), number: z.number().int().positive(), wrapped: z.string() })),
    rewrappedAt: instant,
  }),
  { secret: ['keys'] },
);

export const keyringEvents = [keyringKeyAdded, keyringRewrapped] as const;
export type KeyringEvent = EventOf<(typeof keyringEvents)[number]>;
