import { type WebhookEvent, webhookEvents } from '@evident/domain';
import type { Projection, View } from '@evident/read-model';
import { type Projected, typesOf } from './projected.ts';

/** A webhook under its id; its secret stays on the log, sealed. */
export type WebhookRow = {
  readonly url: string;
  readonly types: readonly string[];
  readonly paused: boolean;
  /** Where delivery begins: a printed position, or `start`. */
  readonly after: string;
  /** Names that beginning: each keeps a position of its own. */
  readonly beginning: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
};

export const webhooksView: View<WebhookRow> = { name: 'webhooks', version: 1, indexes: [] };

export const webhooksProjection: Projection<WebhookRow, Projected<WebhookEvent>> = {
  name: 'webhooks',
  view: webhooksView,
  types: typesOf(webhookEvents),
  keys: ({ stream }) => [stream.id],
  evolve(row, event) {
    const { position, recordedAt, id } = event.stored;
    // "Now" is where the event that says so stands.
    const place = (after: string) => (after === 'now' ? position : after);
    if (event.type === 'webhook.created') {
      const { url, types, after } = event.data;
      return { url, types: [...types], paused: false, after: place(after), beginning: id, createdAt: recordedAt };
    }
    if (row === undefined) return undefined;
    switch (event.type) {
      case 'webhook.changed':
        return { ...row, url: event.data.url, types: [...event.data.types] };
      case 'webhook.paused':
        return { ...row, paused: true };
      case 'webhook.resumed':
        return { ...row, paused: false };
      case 'webhook.replay-requested':
        return { ...row, after: place(event.data.after), beginning: event.data.replayId };
      case 'webhook.removed':
        return undefined;
    }
  },
};
