import { getWebhook, listWebhooks, type MessageContract, type RequestContext } from '@evident/contracts';
import { Handles } from '@evident/transport';
import { Controller, Inject } from '@nestjs/common';
import type { z } from 'zod';
import type { WebhookQueries } from './webhook-queries.ts';

export const WEBHOOK_QUERIES = Symbol('WebhookQueries');

type Query<Contract extends MessageContract> = z.output<Contract['request']>;

@Controller()
export class WebhooksController {
  readonly #queries: WebhookQueries;

  constructor(@Inject(WEBHOOK_QUERIES) queries: WebhookQueries) {
    this.#queries = queries;
  }

  @Handles(listWebhooks)
  listWebhooks(query: Query<typeof listWebhooks>, context: RequestContext) {
    return this.#queries.listWebhooks(query, context);
  }

  @Handles(getWebhook)
  getWebhook(query: Query<typeof getWebhook>, context: RequestContext) {
    return this.#queries.getWebhook(query, context);
  }
}
