import { addCredential, listCredentials, removeCredential } from '@evident/contracts';
import { z } from 'zod';
import { type Endpoint, endpoint } from '../http/endpoint.ts';
import { listed, written } from './answers.ts';
import { basePath } from './base-path.ts';
import { creationOf } from './creation-query.ts';
import { idInPath } from './ids.ts';
import { optional } from './nulls.ts';
import { listQuery, pageOf, pageShape } from './pages.ts';
import { credentialShape, usedCredentialShape, ussoCredential, ussoUsedCredential } from './person.ts';
import { newPassword } from './person-input.ts';
import { protectedRoute } from './protected-route.ts';
import { sliceOf } from './slice-of.ts';

const route = { ...protectedRoute, tag: 'SSO: credentials' } as const;
const path = `${basePath}/users/{user_id}/credentials`;
const ofUser = z.object({ user_id: idInPath('user') });
const notFound = { 404: { means: 'There is no such user, or no such credential of it.' } };

export const credentials: readonly Endpoint[] = [
  endpoint(
    {
      ...route,
      name: 'ssoListCredentials',
      rule: 'read:sso/credential',
      method: 'GET',
      path,
      summary: 'List the credentials of a user',
      description: 'Never the secret. One’s own need no scope.',
      params: ofUser,
      query: listQuery({}),
      answers: { 200: { means: 'A page.', shape: pageShape('SsoCredentialPage', usedCredentialShape) }, ...notFound },
    },
    async ({ params: { user_id: userId }, query }, call) => {
      const page = pageOf(query);
      const reply = await call.query(listCredentials, { userId });
      const { tenant } = call.context;
      const slice = sliceOf(reply, ({ credentials: all }) => all, page, creationOf(query));
      return listed(slice, page, (credential) => ussoUsedCredential(credential, userId, tenant));
    },
  ),
  endpoint(
    {
      ...route,
      name: 'ssoAddCredential',
      rule: 'create:sso/credential',
      method: 'POST',
      path,
      summary: 'Set the password of a user',
      description:
        'In place of the one before; ends the sessions of the user. For one’s own, where there is one, `/auth/password` asks for the old one too.',
      params: ofUser,
      body: z.object({
        method: optional(z.literal('password')),
        secret: newPassword,
        expires_at: z.null().optional().meta({ description: 'A password does not expire.' }),
      }),
      bodyExample: { method: 'password', secret: 'Correct-Horse-7' },
      answers: {
        201: { means: 'Set.', shape: credentialShape },
        ...notFound,
        409: { means: 'It is one’s own, and there is one already.' },
      },
    },
    async ({ params: { user_id: userId }, body: { secret } }, call) =>
      written(await call.command(addCredential, { userId, method: 'password', secret }), 201, (added) =>
        ussoCredential(added, userId, call.context.tenant),
      ),
  ),
  endpoint(
    {
      ...route,
      name: 'ssoRemoveCredential',
      rule: 'delete:sso/credential',
      method: 'DELETE',
      path: `${path}/{credential_id}`,
      summary: 'Take a password from a user',
      description: 'Ends the sessions of the user, who cannot sign in with it any more.',
      params: ofUser.extend({ credential_id: idInPath('credential') }),
      answers: {
        200: { means: 'The credential as it was.', shape: credentialShape },
        ...notFound,
        409: { means: 'The user is the last active administrator who can sign in.' },
      },
    },
    async ({ params: { user_id: userId, credential_id: credentialId } }, call) =>
      written(await call.command(removeCredential, { userId, credentialId }), 200, (removed) => ({
        ...ussoCredential(removed, userId, call.context.tenant),
        is_active: false,
        is_deleted: true,
      })),
  ),
];
