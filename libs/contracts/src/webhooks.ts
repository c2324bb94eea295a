import { z } from 'zod';
import { defineCommand, defineQuery } from './message.ts';

const id = z.uuid();
const types = z.array(z.string().max(100)).min(1).max(50);
const url = z.string().max(4_096);
/** A printed position, `start` (before the first event) or `now`. */
const after = z.string().max(256);

/** A webhook as decided: where events go, which, and whether now. */
export const webhookObject = z.object({
  id,
  url: z.string(),
  types: z.array(z.string()),
  paused: z.boolean(),
});
export type WebhookObject = z.infer<typeof webhookObject>;

/** How far delivery has come. Times are milliseconds since the epoch. */
export const webhookDelivery = z.object({
  /** Everything up to here was delivered or is not wanted; null before the first. */
  position: z.string().nullable(),
  delivered: z.number().int(),
  /** Attempts that failed since the last success; 0 while all is well. */
  failures: z.number().int(),
  /** The latest failure, kept after a success. Never holds what the receiver answered. */
  lastError: z.object({ at: z.number().int(), message: z.string(), eventId: z.string() }).nullable(),
  nextAttemptAt: z.number().int().nullable(),
});
export type WebhookDelivery = z.infer<typeof webhookDelivery>;

export const listedWebhook = webhookObject.extend({ createdAt: z.number().int(), ...webhookDelivery.shape });
export type ListedWebhook = z.infer<typeof listedWebhook>;

const time = z.string();

/** A webhook as operators see it: times as RFC 3339 UTC. */
export const shownWebhook = listedWebhook.extend({
  createdAt: time,
  nextAttemptAt: time.nullable(),
  lastError: z.object({ at: time, message: z.string(), eventId: z.string() }).nullable(),
});
export type ShownWebhook = z.infer<typeof shownWebhook>;

export const listWebhooks = defineQuery('identity-projection', 'list-webhooks', {
  /** `after`: the last id of the page before. A page may be shorter than its limit and not the last. */
  request: z.object({ after: z.uuid().optional(), limit: z.number().int().min(1).max(1_000) }),
  /** In the order of their ids; `next` is null at the end. */
  value: z.object({ webhooks: z.array(listedWebhook), next: z.uuid().nullable() }),
});
export const getWebhook = defineQuery('identity-projection', 'get-webhook', {
  request: z.object({ id }),
  value: listedWebhook,
});

/** `secret` is shown here and never again, save to a repeat of the same command. */
export const createWebhook = defineCommand('auth-command', 'create-webhook', {
  request: z.object({ url, types, after }),
  value: webhookObject.extend({ secret: z.string() }),
});
export const changeWebhook = defineCommand('auth-command', 'change-webhook', {
  request: z.object({ id, url: url.optional(), types: types.optional() }),
  value: webhookObject,
});
export const pauseWebhook = defineCommand('auth-command', 'pause-webhook', {
  request: z.object({ id }),
  value: webhookObject,
});
export const resumeWebhook = defineCommand('auth-command', 'resume-webhook', {
  request: z.object({ id }),
  value: webhookObject,
});
export const replayWebhook = defineCommand('auth-command', 'replay-webhook', {
  request: z.object({ id, after }),
  value: webhookObject,
});
export const removeWebhook = defineCommand('auth-command', 'remove-webhook', {
  request: z.object({ id }),
  value: z.object({}),
});

export const webhookCommandContracts = [
  createWebhook,
  changeWebhook,
  pauseWebhook,
  resumeWebhook,
  replayWebhook,
  removeWebhook,
] as const;
