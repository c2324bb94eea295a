import { createHmac, timingSafeEqual } from 'node:crypto';
import type { CloudEvent } from './cloud-event.ts';

export type WebhookOutcome =
  | { readonly ok: true; readonly event: CloudEvent }
  | { readonly ok: false; readonly reason: 'malformed' | 'too-old' | 'wrong-signature' };

export interface WebhookToVerify {
  readonly secret: string;
  /** The header `Evident-Signature`: `t=<seconds>,v1=<hex>`. */
  readonly signature: string | undefined;
  /** The body as it came: bytes or text, before anything parsed it. */
  readonly body: string | Uint8Array;
  /** Seconds that it may have been on its way; default 300. */
  readonly toleranceSeconds?: number;
  /** Milliseconds since the epoch. */
  readonly now?: number;
}

/**
 * Checks that a webhook was sent by Evident, lately: HMAC-SHA256 over `<seconds>.<body>`. Throws `TypeError` where the
 * secret is empty: anybody could have signed with that.
 */
export function verifyWebhook(request: WebhookToVerify): WebhookOutcome {
  const { secret, signature = '', body, toleranceSeconds = 300, now = Date.now() } = request;
  if (secret === '') throw new TypeError('secret is empty: give the one that was shown when the webhook was made');
  const [, seconds, given] = /^t=(\d{1,12}),v1=([0-9a-f]{64})$/.exec(signature) ?? [];
  if (seconds === undefined || given === undefined) return { ok: false, reason: 'malformed' };
  const expected = createHmac('sha256', secret).update(`${seconds}.`).update(body).digest();
  if (!timingSafeEqual(expected, Buffer.from(given, 'hex'))) return { ok: false, reason: 'wrong-signature' };
  if (Math.abs(now / 1_000 - Number(seconds)) > toleranceSeconds) return { ok: false, reason: 'too-old' };
  const text = typeof body === 'string' ? body : Buffer.from(body).toString('utf8');
  return { ok: true, event: JSON.parse(text) as CloudEvent };
}
