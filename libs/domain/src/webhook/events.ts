import { z } from 'zod';
import { defineEvent, type EventOf } from '../event-registry.ts';
import { uuid } from '../fields.ts';

/** A printed position; `start` is before the first event, `now` where the event that says it stands. */
const place = z.string();
const types = z.array(z.string()).readonly();

/**
 * Somebody wants events sent to a URL. `secret` signs what is sent; it is sealed like a personal member, under a key of
 * the webhook, because two services need it and no reader may have it.
 */
export const webhookCreated = defineEvent(
  'webhook.created',
  z.object({ url: z.string(), types, secret: z.string(), after: place }),
  { personal: ['secret'], secret: ['secret'] },
);
export const webhookChanged = defineEvent('webhook.changed', z.object({ url: z.string(), types }));
export const webhookPaused = defineEvent('webhook.paused', z.object({}));
export const webhookResumed = defineEvent('webhook.resumed', z.object({}));
export const webhookReplayRequested = defineEvent(
  'webhook.replay-requested',
  z.object({ replayId: uuid, after: place }),
);
export const webhookRemoved = defineEvent('webhook.removed', z.object({}));

export const webhookEvents = [
  webhookCreated,
  webhookChanged,
  webhookPaused,
  webhookResumed,
  webhookReplayRequested,
  webhookRemoved,
] as const;
export type WebhookEvent = EventOf<(typeof webhookEvents)[number]>;
