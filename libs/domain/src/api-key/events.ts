import { z } from 'zod';
import { defineEvent, type EventOf } from '../event-registry.ts';
import { instant, keyedHash } from '../fields.ts';
import { principal } from '../principal.ts';

/**
 * `scopes` null: all that its holder has, whenever it is used. `lookup` is the keyed hash of the whole key, `prefix`
 * its first characters, for people. `name` is what a person calls a key of theirs, and about them as all that they write
 * of themselves; that of an agent's key is about nobody.
 */
export const apiKeyIssued = defineEvent(
  'apikey.issued',
  z.object({
    holder: principal,
    issuedBy: principal,
    name: z.string(),
    scopes: z.array(z.string()).nullable(),
    lookup: keyedHash,
    prefix: z.string(),
    expiresAt: instant.nullable(),
  }),
  {
    schema: 2,
    personal: ['name'],
    secret: ['lookup'],
    // The name lay open then.
    upcasters: { 1: (issued: object) => issued },
  },
);

/** For ever, from the next use on. */
export const apiKeyRevoked = defineEvent('apikey.revoked', z.object({ revokedAt: instant }));

export const apiKeyEvents = [apiKeyIssued, apiKeyRevoked] as const;
export type ApiKeyEvent = EventOf<(typeof apiKeyEvents)[number]>;
