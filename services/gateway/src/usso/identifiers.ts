import { addIdentifier, changeIdentifier, given, listIdentifiers, removeIdentifier } from '@evident/contracts';
import { z } from 'zod';
import { type Endpoint, endpoint } from '../http/endpoint.ts';
import { listed, written } from './answers.ts';
import { basePath } from './base-path.ts';
import { creationOf } from './creation-query.ts';
import { idInPath } from './ids.ts';
import { optional } from './nulls.ts';
import { listQuery, pageOf, pageShape } from './pages.ts';
import { identifierShape, ussoIdentifier } from './person.ts';
import { identifierText, identifierType } from './person-input.ts';
import { protectedRoute } from './protected-route.ts';
import { sliceOf } from './slice-of.ts';

const route = { ...protectedRoute, tag: 'SSO: identifiers' } as const;
const path = `${basePath}/users/{user_id}/identifiers`;
const ofUser = z.object({ user_id: idInPath('user') });
const oneOfUser = ofUser.extend({ identifier_id: idInPath('identifier') });
const notFound = { 404: { means: 'There is no such user, or no such identifier of it.' } };

export const identifiers: readonly Endpoint[] = [
  endpoint(
    {
      ...route,
      name: 'ssoListIdentifiers',
      rule: 'read:sso/identifier',
      method: 'GET',
      path,
      summary: 'List the identifiers of a user',
      description: 'One’s own need no scope.',
      params: ofUser,
      query: listQuery({}),
      answers: { 200: { means: 'A page.', shape: pageShape('SsoIdentifierPage', identifierShape) }, ...notFound },
    },
    async ({ params: { user_id: userId }, query }, call) => {
      const page = pageOf(query);
      const reply = await call.query(listIdentifiers, { userId });
      const { tenant } = call.context;
      const slice = sliceOf(reply, ({ identifiers: all }) => all, page, creationOf(query));
      return listed(slice, page, (identifier) => ussoIdentifier(identifier, userId, tenant));
    },
  ),
  endpoint(
    {
      ...route,
      name: 'ssoAddIdentifier',
      rule: 'create:sso/identifier',
      method: 'POST',
      path,
      summary: 'Give a user another identifier',
      description: 'The user can sign in with each of them.',
      params: ofUser,
      body: z.object({
        identifier: identifierText,
        type: optional(identifierType),
        is_primary: optional(z.boolean()),
      }),
      bodyExample: { type: 'phone', identifier: '+49 30 1234567' },
      answers: {
        201: { means: 'Added.', shape: identifierShape },
        ...notFound,
        409: { means: 'The identifier belongs to someone.' },
      },
    },
    async ({ params: { user_id: userId }, body }, call) => {
      const { identifier, type: kind, is_primary: primary } = body;
      const reply = await call.command(addIdentifier, { userId, identifier, ...given({ kind, primary }) });
      return written(reply, 201, (added) => ussoIdentifier(added, userId, call.context.tenant));
    },
  ),
  endpoint(
    {
      ...route,
      name: 'ssoUpdateIdentifier',
      rule: 'update:sso/identifier',
      method: 'PATCH',
      path: `${path}/{identifier_id}`,
      summary: 'Make an identifier the primary one of its type',
      params: oneOfUser,
      // An identifier is taken from the user or counts: whoever would only switch it off must not believe that it is.
      body: z.object({ is_primary: z.literal(true).optional(), is_active: z.literal(true).optional() }),
      bodyExample: { is_primary: true },
      answers: { 200: { means: 'The identifier as it is now.', shape: identifierShape }, ...notFound },
    },
    async ({ params: { user_id: userId, identifier_id: identifierId }, body }, call) => {
      const change = { userId, identifierId, ...given({ primary: body.is_primary }) };
      const reply = await call.command(changeIdentifier, change);
      return written(reply, 200, (changed) => ussoIdentifier(changed, userId, call.context.tenant));
    },
  ),
  endpoint(
    {
      ...route,
      name: 'ssoRemoveIdentifier',
      rule: 'delete:sso/identifier',
      method: 'DELETE',
      path: `${path}/{identifier_id}`,
      summary: 'Take an identifier from a user',
      description: 'It is free for others. The oldest of its type that is left becomes the primary one.',
      params: oneOfUser,
      answers: {
        200: { means: 'The identifier as it was.', shape: identifierShape },
        ...notFound,
        409: { means: 'It is the last one of the user.' },
      },
    },
    async ({ params: { user_id: userId, identifier_id: identifierId } }, call) =>
      written(await call.command(removeIdentifier, { userId, identifierId }), 200, (removed) => ({
        ...ussoIdentifier(removed, userId, call.context.tenant),
        is_active: false,
        is_deleted: true,
      })),
  ),
];
