import { assignApp, changeUser, getUser, listUsers, registerUser, removeUser, unassignApp } from '@evident/contracts';
import { z } from 'zod';
import { endpoint } from '../http/endpoint.ts';
import { booleanInQuery } from '../http/numbers.ts';
import { pullPage } from '../http/pull-page.ts';
import { text } from '../http/texts.ts';
import { found, listed, present, written } from './answers.ts';
import { idInPath } from './numbers.ts';
import { asfUser, asfUserWithApps, messageShape, userShape, userWithAppsShape } from './objects.ts';
import { pageQuery } from './pages.ts';
import { protectedRoute } from './protected-route.ts';

const route = { ...protectedRoute, tag: 'Users' } as const;
const userId = z.object({ user_id: idInPath });
const userAndApp = z.object({ user_id: idInPath, app_id: idInPath });
const username = text(1, 1_024).meta({ description: '1 to 150 printable characters.', examples: ['newuser'] });
const email = text(1, 1_024).meta({ examples: ['user@example.com'] });
const password = text(0, 1_024).meta({
  description: '8 to 256 characters, neither the name nor the address, and not a common one.',
});
const notFound = { 404: { means: 'There is no such user.' } };
const taken = { 409: { means: 'The name or the address is taken, or this is the last active administrator.' } };

export const users = [
  endpoint(
    {
      ...route,
      name: 'listUsers',
      rule: 'read:sso/user',
      method: 'GET',
      path: '/users/',
      summary: 'List users, by id',
      query: z.object({
        ...pageQuery,
        q: text(0, 320).optional().meta({ description: 'Name or address begins with this, whatever the case.' }),
        is_active: booleanInQuery.optional(),
      }),
      answers: {
        200: {
          means: 'A page of users.',
          shape: z.array(userShape),
          headers: { 'X-Total-Count': 'How many there are.' },
        },
      },
    },
    async ({ query: { skip, limit, q, is_active: isActive } }, call) => {
      const wanted = { ...(q ? { q } : undefined), ...(isActive === undefined ? undefined : { isActive }) };
      const reply = await pullPage({ skip, limit }, async (piece) => {
        const part = await call.query(listUsers, { ...piece, ...wanted });
        return part.ok ? { ok: true, value: { items: part.value.users, total: part.value.total } } : part;
      });
      return listed(
        reply,
        ({ items }) => items.map(asfUser),
        ({ total }) => total,
      );
    },
  ),
  endpoint(
    {
      ...route,
      name: 'createUser',
      rule: 'create:sso/user',
      method: 'POST',
      path: '/users/',
      summary: 'Create a user',
      body: z.object({ username, email, password, is_admin: z.boolean().default(false) }),
      bodyExample: { username: 'newuser', email: 'user@example.com', password: 'password123', is_admin: false },
      answers: { 201: { means: 'Created.', shape: userShape }, ...taken },
    },
    async ({ body: { is_admin: isAdmin, ...body } }, call) =>
      written(await call.command(registerUser, { ...body, isAdmin }), (user) => ({ status: 201, json: asfUser(user) })),
  ),
  endpoint(
    {
      ...route,
      name: 'readUser',
      rule: 'read:sso/user',
      method: 'GET',
      path: '/users/{user_id}',
      summary: 'Read a user',
      params: userId,
      answers: { 200: { means: 'The user, with the apps it may use.', shape: userWithAppsShape }, ...notFound },
    },
    async ({ params }, call) => found(await call.query(getUser, { id: params.user_id }), asfUserWithApps),
  ),
  endpoint(
    {
      ...route,
      name: 'updateUser',
      rule: 'update:sso/user',
      method: 'PUT',
      path: '/users/{user_id}',
      summary: 'Change a user',
      description: 'Absent and null members stay as they are. All of it happens, or nothing.',
      params: userId,
      body: z.object({
        email: email.nullish(),
        is_active: z.boolean().nullish(),
        username: username.nullish(),
        is_admin: z.boolean().nullish(),
        password: password.nullish(),
      }),
      bodyExample: { email: 'newemail@example.com', is_active: false },
      answers: { 200: { means: 'The user as it is now.', shape: userShape }, ...notFound, ...taken },
    },
    async ({ params, body }, call) => {
      const { is_active: isActive, is_admin: isAdmin, ...rest } = body;
      const change = { id: params.user_id, ...present({ ...rest, isActive, isAdmin }) };
      return written(await call.command(changeUser, change), (user) => ({ status: 200, json: asfUser(user) }));
    },
  ),
  endpoint(
    {
      ...route,
      name: 'deleteUser',
      rule: 'delete:sso/user',
      method: 'DELETE',
      path: '/users/{user_id}',
      summary: 'Remove a user for ever',
      description: 'The name and the address stay reserved.',
      params: userId,
      answers: { 204: { means: 'Removed.' }, ...notFound, 409: { means: 'This is the last active administrator.' } },
    },
    async ({ params }, call) =>
      written(await call.command(removeUser, { id: params.user_id }), () => ({ status: 204 })),
  ),
  endpoint(
    {
      ...route,
      name: 'assignApp',
      rule: 'update:sso/user',
      method: 'POST',
      path: '/users/{user_id}/assign/{app_id}',
      summary: 'Let a user use an app',
      params: userAndApp,
      answers: { 200: { means: 'Assigned, now or before.', shape: messageShape }, ...notFound },
    },
    async ({ params }, call) =>
      written(await call.command(assignApp, { userId: params.user_id, appId: params.app_id }), () => ({
        status: 200,
        json: { message: 'User assigned to application' },
      })),
  ),
  endpoint(
    {
      ...route,
      name: 'unassignApp',
      rule: 'update:sso/user',
      method: 'DELETE',
      path: '/users/{user_id}/assign/{app_id}',
      summary: 'Let a user no longer use an app',
      params: userAndApp,
      answers: { 200: { means: 'Not assigned any more.', shape: messageShape }, ...notFound },
    },
    async ({ params }, call) =>
      written(await call.command(unassignApp, { userId: params.user_id, appId: params.app_id }), () => ({
        status: 200,
        json: { message: 'User unassigned from application' },
      })),
  ),
] as const;
