import { type CallerCheck, permit } from '@evident/caller';
import {
  fail,
  type getWebhook,
  type ListedWebhook,
  type listWebhooks,
  type Reply,
  type RequestContext,
  succeed,
} from '@evident/contracts';
import type { EventStore } from '@evident/event-store';
import type { ReadModelStore, StoredRow } from '@evident/read-model';
import type { Clock } from '@evident/runtime';
import type { MessageHandler } from '@evident/transport';
import { type WebhookRow, webhooksView } from '../projections/webhooks.projection.ts';
import { awaitPosition } from '../reading/await-position.ts';
import { fitMessage } from '../reading/fit-message.ts';
import type { Progress } from '../reading/progress.ts';
import { deliveryGroup } from './delivery-groups.ts';
import { readStatus } from './delivery-status.ts';
import { readWaiting, type WaitingWebhooks, waitingName } from './waiting-webhooks.ts';

export interface WebhookQueries {
  readonly listWebhooks: MessageHandler<typeof listWebhooks>;
  readonly getWebhook: MessageHandler<typeof getWebhook>;
}

export interface WebhookQueriesOptions {
  readonly store: ReadModelStore;
  readonly rows: Pick<Progress, 'position' | 'reached'>;
  readonly events: Pick<EventStore, 'parsePosition' | 'lastPosition'>;
  readonly callers: CallerCheck;
  readonly now: Clock;
}

export function createWebhookQueries({ store, rows, events, callers, now }: WebhookQueriesOptions): WebhookQueries {
  const permitted = async <Value>(context: RequestContext, answer: () => Promise<Reply<Value>>) => {
    const checked = await callers.check(context.credential);
    if (!checked.ok) return checked;
    const missing = permit(checked.caller, 'manage:evident/ops');
    if (missing !== undefined) return { ok: false as const, error: missing };
    const late = await awaitPosition({ progress: rows, events, now }, context);
    return late === undefined ? answer() : { ok: false as const, error: late };
  };

  const listed = async (
    { key: id, row }: StoredRow<WebhookRow>,
    waiting: WaitingWebhooks | undefined,
  ): Promise<readonly ListedWebhook[]> => {
    if (row === undefined) return [];
    const { url, types, paused, createdAt, beginning, after } = row;
    const [status, checkpoint] = await Promise.all([
      readStatus(store, id),
      store.readCheckpoint(deliveryGroup(id, beginning)),
    ]);
    const own = checkpoint?.position ?? (after === 'start' ? null : after);
    // One that waits is as far as the log was looked at for all that wait.
    const shared = waiting?.webhooks.has(waitingName(id, row)) === true ? waiting.position : null;
    const position = own === null || (shared !== null && shared > own) ? shared : own;
    return [{ id, url, types: [...types], paused, createdAt, ...status, position }];
  };

  return {
    listWebhooks: ({ after, limit }, context) =>
      permitted(context, async () => {
        const found = await store.scan(webhooksView, { ...(after === undefined ? {} : { after }), limit });
        const waiting = await readWaiting(store);
        const all = (await Promise.all(found.map((each) => listed(each, waiting)))).flat();
        const webhooks = fitMessage(all);
        const last = webhooks.length < all.length ? webhooks.at(-1)?.id : found.at(-1)?.key;
        const isEnd = webhooks.length === all.length && found.length < limit;
        return succeed({ webhooks: [...webhooks], next: isEnd ? null : (last ?? null) });
      }),
    getWebhook: ({ id }, context) =>
      permitted(context, async () => {
        const stored = (await store.getMany(webhooksView, [id])).get(id);
        const [webhook] = stored === undefined ? [] : await listed(stored, await readWaiting(store));
        return webhook === undefined ? fail('webhook.unknown') : succeed(webhook);
      }),
  };
}
