import { z } from 'zod';
import { defineEvent, type EventOf } from '../event-registry.ts';
import { instant, keyedHash, serial, uuid } from '../fields.ts';

export const appRegistered = defineEvent(
  'app.registered',
  z.object({ number: serial, name: z.string(), url: z.string() }),
);
export const appChanged = defineEvent('app.changed', z.object({ name: z.string(), url: z.string() }));

/** `lookup` is the keyed hash of the whole key, `prefix` its first characters, for people. */
export const appKeyIssued = defineEvent(
  'app.key-issued',
  z.object({ keyId: uuid, lookup: keyedHash, prefix: z.string() }),
  { secret: ['lookup'] },
);
/** The key counts until `effectiveAt`, which may lie ahead (a rotation with grace). */
export const appKeyRevoked = defineEvent('app.key-revoked', z.object({ keyId: uuid, effectiveAt: instant }));

export const appDeactivated = defineEvent('app.deactivated', z.object({}));
export const appReactivated = defineEvent('app.reactivated', z.object({}));
export const appRemoved = defineEvent('app.removed', z.object({}));

export const appEvents = [
  appRegistered,
  appChanged,
  appKeyIssued,
  appKeyRevoked,
  appDeactivated,
  appReactivated,
  appRemoved,
] as const;
export type AppEvent = EventOf<(typeof appEvents)[number]>;
