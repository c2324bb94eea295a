import { type WebhookEvent, type WebhookState, webhookDecider } from '@evident/domain';
import { type Aggregate, asItIs, internal, orNull } from './aggregate.ts';

export const webhookAggregate: Aggregate<WebhookState, WebhookEvent> = {
  category: 'webhook',
  decider: webhookDecider,
  exists: ({ exists }) => exists,
  shown: {
    exists: internal,
    removed: asItIs,
    url: asItIs,
    types: asItIs,
    secret: internal,
    paused: asItIs,
    after: asItIs,
    replayId: orNull,
  },
};
