import { accept, type Decider, type Decision, reject } from '../decider.ts';
import type { ChangeWebhook, ReplayWebhook, WebhookCommand } from './commands.ts';
import type { WebhookEvent } from './events.ts';
import { evolveWebhook, initialWebhook, type WebhookState } from './state.ts';

export type WebhookRejection = 'webhook.unknown' | 'webhook.already-created';
type WebhookDecision = Decision<WebhookEvent, WebhookRejection>;

/** One webhook, on `webhook-<tenant>.<id>`. */
export const webhookDecider: Decider<WebhookCommand, WebhookState, WebhookEvent, WebhookRejection> = {
  initial: initialWebhook,
  evolve: evolveWebhook,
  decide(command, state) {
    if (command.type === 'create-webhook') {
      if (state.exists) return reject('webhook.already-created');
      const { url, types, secret, after } = command;
      return accept({ type: 'webhook.created', data: { url, types, secret, after } });
    }
    if (!state.exists || state.removed) return reject('webhook.unknown');
    switch (command.type) {
      case 'change-webhook':
        return change(command, state);
      case 'pause-webhook':
        return state.paused ? accept() : accept({ type: 'webhook.paused', data: {} });
      case 'resume-webhook':
        return state.paused ? accept({ type: 'webhook.resumed', data: {} }) : accept();
      case 'replay-webhook':
        return replay(command, state);
      case 'remove-webhook':
        return accept({ type: 'webhook.removed', data: {} });
    }
  },
};

function replay({ replayId, after }: ReplayWebhook, state: WebhookState): WebhookDecision {
  if (replayId === state.replayId) return accept();
  return accept({ type: 'webhook.replay-requested', data: { replayId, after } });
}

function change({ url, types }: ChangeWebhook, state: WebhookState): WebhookDecision {
  const next = { url: url ?? state.url, types: types ?? state.types };
  const same = next.url === state.url && next.types.join() === state.types.join();
  return same ? accept() : accept({ type: 'webhook.changed', data: next });
}
