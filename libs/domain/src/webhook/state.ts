import type { WebhookEvent } from './events.ts';

export interface WebhookState {
  readonly exists: boolean;
  readonly removed: boolean;
  readonly url: string;
  /** Patterns: `*`, `user.*`, `user.registered`. */
  readonly types: readonly string[];
  readonly secret: string;
  readonly paused: boolean;
  /** Where delivery begins. */
  readonly after: string;
  /** The replay that said so, undefined where it is the first beginning: each keeps a position of its own. */
  readonly replayId: string | undefined;
}

export const initialWebhook: WebhookState = {
  exists: false,
  removed: false,
  url: '',
  types: [],
  secret: '',
  paused: false,
  after: 'start',
  replayId: undefined,
};

export function evolveWebhook(state: WebhookState, event: WebhookEvent): WebhookState {
  switch (event.type) {
    case 'webhook.created':
      return { ...state, ...event.data, exists: true };
    case 'webhook.changed':
      return { ...state, ...event.data };
    case 'webhook.paused':
      return { ...state, paused: true };
    case 'webhook.resumed':
      return { ...state, paused: false };
    case 'webhook.replay-requested':
      return { ...state, ...event.data };
    case 'webhook.removed':
      return { ...state, removed: true };
  }
}
