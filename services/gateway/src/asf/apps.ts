import { changeApp, getApp, listApps, listAppUsers, registerApp, removeApp, rotateAppKey } from '@evident/contracts';
import { z } from 'zod';
import { endpoint } from '../http/endpoint.ts';
import { pullPage } from '../http/pull-page.ts';
import { text } from '../http/texts.ts';
import { found, listed, present, written } from './answers.ts';
import { idInPath } from './numbers.ts';
import { appShape, asfApp, asfUser, registeredAppShape, userShape } from './objects.ts';
import { pageShape } from './pages.ts';
import { protectedRoute } from './protected-route.ts';
import { asfTime } from './times.ts';

const route = { ...protectedRoute, tag: 'Apps' } as const;
const appId = z.object({ app_id: idInPath });
const name = text(1, 200).meta({ examples: ['OpenProject'] });
const url = text(1, 2_048).meta({ description: 'http or https.', examples: ['https://openproject.nabd-co.com'] });
const notFound = { 404: { means: 'There is no such app.' } };
const total = { 'X-Total-Count': 'How many there are.' };

const rotatedKeyShape = z
  .object({
    api_key: z.string().meta({ description: 'The new key; the only time that it is shown.' }),
    previous_key_expires_at: z
      .string()
      .nullable()
      .meta({ description: 'Until when the previous key counts; null where it ended now.' }),
  })
  .meta({ id: 'RotatedKey' });

export const apps = [
  endpoint(
    {
      ...route,
      name: 'listApps',
      rule: 'read:sso/app',
      method: 'GET',
      path: '/apps/',
      summary: 'List apps, by id, without their keys',
      query: pageShape,
      answers: { 200: { means: 'A page of apps.', shape: z.array(appShape), headers: total } },
    },
    async ({ query }, call) => {
      const reply = await pullPage(query, async (piece) => {
        const part = await call.query(listApps, piece);
        return part.ok ? { ok: true, value: { items: part.value.apps, total: part.value.total } } : part;
      });
      return listed(
        reply,
        ({ items }) => items.map(asfApp),
        (page) => page.total,
      );
    },
  ),
  endpoint(
    {
      ...route,
      name: 'createApp',
      rule: 'create:sso/app',
      method: 'POST',
      path: '/apps/',
      summary: 'Register an app',
      body: z.object({ name, url }),
      bodyExample: { name: 'OpenProject', url: 'https://openproject.nabd-co.com' },
      answers: { 201: { means: 'Registered. The key is shown here and never again.', shape: registeredAppShape } },
    },
    async ({ body }, call) =>
      written(await call.command(registerApp, body), ({ apiKey, ...app }) => ({
        status: 201,
        json: { ...asfApp(app), api_key: apiKey },
      })),
  ),
  endpoint(
    {
      ...route,
      name: 'readApp',
      rule: 'read:sso/app',
      method: 'GET',
      path: '/apps/{app_id}',
      summary: 'Read an app',
      params: appId,
      answers: { 200: { means: 'The app.', shape: appShape }, ...notFound },
    },
    async ({ params }, call) => found(await call.query(getApp, { id: params.app_id }), asfApp),
  ),
  endpoint(
    {
      ...route,
      name: 'updateApp',
      rule: 'update:sso/app',
      method: 'PUT',
      path: '/apps/{app_id}',
      summary: 'Change an app',
      description: 'Absent and null members stay as they are.',
      params: appId,
      body: z.object({ name: name.nullish(), url: url.nullish(), is_active: z.boolean().nullish() }),
      bodyExample: { is_active: false },
      answers: { 200: { means: 'The app as it is now.', shape: appShape }, ...notFound },
    },
    async ({ params, body: { is_active: isActive, ...rest } }, call) => {
      const change = { id: params.app_id, ...present({ ...rest, isActive }) };
      return written(await call.command(changeApp, change), (app) => ({ status: 200, json: asfApp(app) }));
    },
  ),
  endpoint(
    {
      ...route,
      name: 'deleteApp',
      rule: 'delete:sso/app',
      method: 'DELETE',
      path: '/apps/{app_id}',
      summary: 'Remove an app; its key ends with it',
      params: appId,
      answers: { 204: { means: 'Removed.' }, ...notFound },
    },
    async ({ params }, call) => written(await call.command(removeApp, { id: params.app_id }), () => ({ status: 204 })),
  ),
  endpoint(
    {
      ...route,
      name: 'rotateAppKey',
      rule: 'update:sso/app',
      method: 'POST',
      path: '/apps/{app_id}/rotate-key',
      summary: 'Give an app a new key',
      params: appId,
      body: z.object({
        grace_seconds: z
          .int()
          .min(0)
          .max(604_800)
          .nullish()
          .meta({ description: 'How long the present key counts on.', default: 0 }),
      }),
      optionalBody: true,
      bodyExample: { grace_seconds: 3600 },
      answers: { 200: { means: 'The new key.', shape: rotatedKeyShape }, ...notFound },
    },
    async ({ params, body }, call) => {
      const request = { id: params.app_id, graceSeconds: body.grace_seconds ?? 0 };
      return written(await call.command(rotateAppKey, request), ({ apiKey, previousKeyExpiresAt }) => ({
        status: 200,
        json: {
          api_key: apiKey,
          previous_key_expires_at: previousKeyExpiresAt === null ? null : asfTime(previousKeyExpiresAt),
        },
      }));
    },
  ),
  endpoint(
    {
      ...route,
      name: 'listAppUsers',
      rule: 'read:sso/app',
      method: 'GET',
      path: '/apps/{app_id}/users',
      summary: 'List the users assigned to an app, by id',
      params: appId,
      query: pageShape,
      answers: { 200: { means: 'A page of users.', shape: z.array(userShape), headers: total }, ...notFound },
    },
    async ({ params, query }, call) => {
      const reply = await pullPage(query, async (piece) => {
        const part = await call.query(listAppUsers, { ...piece, id: params.app_id });
        return part.ok ? { ok: true, value: { items: part.value.users, total: part.value.total } } : part;
      });
      return listed(
        reply,
        ({ items }) => items.map(asfUser),
        (page) => page.total,
      );
    },
  ),
] as const;
