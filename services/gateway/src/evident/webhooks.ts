import {
  changeWebhook,
  createWebhook,
  getWebhook,
  given,
  type ListedWebhook,
  listWebhooks,
  type MessageContract,
  pauseWebhook,
  removeWebhook,
  replayWebhook,
  resumeWebhook,
  type ShownWebhook,
  shownWebhook,
  webhookObject,
} from '@evident/contracts';
import { z } from 'zod';
import { type Endpoint, endpoint } from '../http/endpoint.ts';
import { text } from '../http/texts.ts';
import { limitInQuery } from './audit-route.ts';
import { idInPath, uuidInAnyCase } from './names-in-path.ts';
import { managing, timeText, told } from './ops-route.ts';

const tag = 'Webhooks';
const params = z.object({ id: idInPath });
const url = text(1, 4_096).meta({ examples: ['https://hooks.example.com/evident'] });
const types = z
  .array(text(0, 100))
  .min(1)
  .max(50)
  .meta({ description: 'Patterns: `*`, `user.*`, `user.registered`.', examples: [['user.*', 'role.*']] });
const from = text(0, 256).meta({
  description: 'Where delivery begins: `new`, `start`, or a position after which.',
  examples: ['start'],
});
const time = z.string().meta({ description: 'RFC 3339 UTC.' });
const unknown = { 404: { means: 'There is no such webhook.' } };
const foreign = { 410: { means: 'The position is of another log.' } };

const changedShape = webhookObject.meta({ id: 'ChangedWebhook' });
const createdShape = webhookObject
  .extend({ secret: z.string().meta({ description: 'Signs what is sent; shown this once.' }) })
  .meta({ id: 'CreatedWebhook' });
const webhookShape = shownWebhook
  .extend({
    createdAt: time,
    nextAttemptAt: time.nullable(),
    lastError: shownWebhook.shape.lastError.unwrap().extend({ at: time }).nullable(),
  })
  .meta({ id: 'Webhook' });

function shown({ createdAt, nextAttemptAt, lastError, ...rest }: ListedWebhook): ShownWebhook {
  return {
    ...rest,
    createdAt: timeText(createdAt),
    nextAttemptAt: nextAttemptAt === null ? null : timeText(nextAttemptAt),
    lastError: lastError === null ? null : { ...lastError, at: timeText(lastError.at) },
  };
}

const afterText = { description: '`next` of the page before.' };

const place = (begins: string) => (begins === 'new' ? 'now' : begins);

/** Events sent to URLs, for those without NATS. */
export const webhooks: readonly Endpoint[] = [
  endpoint(
    {
      ...managing,
      tag,
      name: 'listWebhooks',
      method: 'GET',
      path: '/ops/webhooks',
      summary: 'List webhooks, with how far delivery has come',
      query: z.strictObject({ after: uuidInAnyCase.optional().meta(afterText), limit: limitInQuery }),
      answers: {
        200: {
          means: 'Webhooks in the order of their ids; `next` is null at the end.',
          shape: z.object({ webhooks: z.array(webhookShape), next: z.uuid().nullable() }),
        },
      },
    },
    async ({ query }, call) =>
      told(await call.query(listWebhooks, given(query)), ({ webhooks: page, next }) => ({
        status: 200,
        json: { webhooks: page.map(shown), next },
      })),
  ),
  endpoint(
    {
      ...managing,
      tag,
      name: 'createWebhook',
      method: 'POST',
      path: '/ops/webhooks',
      summary: 'Have events sent to a URL',
      body: z.object({
        url,
        types: types.default(['user.*', 'app.*', 'role.*', 'workspace.*']),
        from: from.default('new'),
      }),
      bodyExample: { url: 'https://hooks.example.com/evident', types: ['user.*'], from: 'new' },
      answers: {
        201: {
          means: 'Made. The secret is shown here and never again.',
          shape: createdShape,
          headers: { Location: 'Where it is read.' },
        },
        ...foreign,
      },
    },
    async ({ body }, call) => {
      const request = { url: body.url, types: body.types, after: place(body.from) };
      return told(await call.command(createWebhook, request), (json) => ({
        status: 201,
        json,
        headers: { location: `/ops/webhooks/${json.id}` },
      }));
    },
  ),
  endpoint(
    {
      ...managing,
      tag,
      name: 'readWebhook',
      method: 'GET',
      path: '/ops/webhooks/{id}',
      summary: 'Read a webhook, with how far delivery has come',
      params,
      answers: { 200: { means: 'The webhook.', shape: webhookShape }, ...unknown },
    },
    async ({ params: { id } }, call) =>
      told(await call.query(getWebhook, { id }), (webhook) => ({ status: 200, json: shown(webhook) })),
  ),
  endpoint(
    {
      ...managing,
      tag,
      name: 'changeWebhook',
      method: 'PATCH',
      path: '/ops/webhooks/{id}',
      summary: 'Send elsewhere, or other events; absent members stay as they are',
      params,
      body: z.object({ url: url.optional(), types: types.optional() }),
      bodyExample: { types: ['user.*'] },
      answers: { 200: { means: 'The webhook as it is now.', shape: changedShape }, ...unknown },
    },
    async ({ params: { id }, body }, call) =>
      told(await call.command(changeWebhook, { id, ...body }), (json) => ({ status: 200, json })),
  ),
  endpoint(
    {
      ...managing,
      tag,
      name: 'removeWebhook',
      method: 'DELETE',
      path: '/ops/webhooks/{id}',
      summary: 'Send nothing more',
      params,
      answers: { 204: { means: 'Removed.' }, ...unknown },
    },
    async ({ params: { id } }, call) => told(await call.command(removeWebhook, { id }), () => ({ status: 204 })),
  ),
  action('pause', 'Send nothing until it is resumed; nothing is lost', pauseWebhook),
  action('resume', 'Send on from where it was paused', resumeWebhook),
  endpoint(
    {
      ...managing,
      tag,
      name: 'replayWebhook',
      method: 'POST',
      path: '/ops/webhooks/{id}/replay',
      summary: 'Send again from a place on',
      params,
      body: z.object({ from }),
      bodyExample: { from: 'start' },
      answers: { 200: { means: 'Delivery begins there.', shape: changedShape }, ...unknown, ...foreign },
    },
    async ({ params: { id }, body }, call) =>
      told(await call.command(replayWebhook, { id, after: place(body.from) }), (json) => ({ status: 200, json })),
  ),
];

function action(name: 'pause' | 'resume', summary: string, contract: typeof pauseWebhook & MessageContract): Endpoint {
  return endpoint(
    {
      ...managing,
      tag,
      name: `${name}Webhook`,
      method: 'POST',
      path: `/ops/webhooks/{id}/${name}`,
      summary,
      params,
      answers: { 200: { means: 'The webhook as it is now.', shape: changedShape }, ...unknown },
    },
    async ({ params: { id } }, call) => told(await call.command(contract, { id }), (json) => ({ status: 200, json })),
  );
}
