export type { CloudEvent } from './cloud-event.ts';
export * from './errors.ts';
export { type CheckpointStore, fileCheckpoint, type Place } from './feed/checkpoint.ts';
export { subscribe } from './feed/subscribe.ts';
export type { From, SubscribeOptions, Subscription } from './feed/subscription.ts';
export type { HttpOptions } from './http.ts';
export * from './verify-credentials.ts';
export * from './verify-token.ts';
export { verifyWebhook, type WebhookOutcome } from './verify-webhook.ts';
