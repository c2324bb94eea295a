import { changePerson, createPerson, getPerson, given, listPeople, removePerson } from '@evident/contracts';
import { z } from 'zod';
import { type Endpoint, endpoint } from '../http/endpoint.ts';
import { booleanInQuery } from '../http/numbers.ts';
import { pullPage } from '../http/pull-page.ts';
import { text } from '../http/texts.ts';
import { found, listed, written } from './answers.ts';
import { basePath } from './base-path.ts';
import { creationOf } from './creation-query.ts';
import { idInPath } from './ids.ts';
import { listQuery, pageOf, pageShape } from './pages.ts';
import { personShape, ussoPerson } from './person.ts';
import { changedPerson, createdPerson, detailsOf, identifierText, identifierType } from './person-input.ts';
import { protectedRoute } from './protected-route.ts';
import { refusedIn } from './refused-member.ts';

const route = { ...protectedRoute, tag: 'SSO: users' } as const;
const path = `${basePath}/users`;
const params = z.object({ user_id: idInPath('user') });
const notFound = { 404: { means: 'There is no such user.' } };
const taken = { 409: { means: 'The identifier belongs to someone.' } };
const lastOne = { 409: { means: 'This is the last active administrator.' } };

export const users: readonly Endpoint[] = [
  endpoint(
    {
      ...route,
      name: 'ssoListUsers',
      rule: 'read:sso/user',
      method: 'GET',
      path,
      summary: 'List users',
      description: 'Those whom the caller may read.',
      query: listQuery({
        identifier_type: identifierType.optional(),
        identifier: identifierText.optional().meta({ description: 'Who has this very identifier.' }),
        role: text(1, 256).optional().meta({ description: 'Who has this role everywhere, by slug or id.' }),
        is_active: booleanInQuery.optional(),
        is_limited: booleanInQuery.optional(),
      }),
      answers: { 200: { means: 'A page of users.', shape: pageShape('SsoUserPage', personShape) } },
    },
    async ({ query }, call) => {
      const page = pageOf(query);
      const { identifier, role, identifier_type: identifierKind, is_active: isActive, is_limited: isLimited } = query;
      const wanted = { ...given({ identifier, role, identifierKind, isActive, isLimited }), ...creationOf(query) };
      const reply = await pullPage(page, async (piece) => {
        const part = await call.query(listPeople, { ...piece, ...wanted });
        return part.ok ? { ok: true, value: { items: part.value.people, total: part.value.total } } : part;
      });
      return listed(reply, page, (person) => ussoPerson(person, call.context.tenant));
    },
  ),
  endpoint(
    {
      ...route,
      name: 'ssoCreateUser',
      rule: 'create:sso/user',
      method: 'POST',
      path,
      summary: 'Create a user',
      description:
        'What is set by who may make any user counts as verified; an address that somebody typed in at sign-up and never verified is taken over, where they have all that its holder has. Nobody gives more than they have.',
      body: createdPerson,
      bodyExample: { identifier: 'jdoe@example.com', password: 'Correct-Horse-7', name: 'J. Doe', roles: ['editor'] },
      answers: { 201: { means: 'Created.', shape: personShape }, ...taken },
    },
    async ({ body }, call) => {
      const { identifier, identifier_type, type, password, secret } = body;
      const account = { identifier, ...given({ kind: identifier_type ?? type, password: password ?? secret }) };
      const reply = await call.command(createPerson, { ...account, ...detailsOf(body) });
      const member = password === undefined ? 'secret' : 'password';
      return written(refusedIn(reply, 'user.password-unacceptable', member), 201, (person) =>
        ussoPerson(person, call.context.tenant),
      );
    },
  ),
  endpoint(
    {
      ...route,
      name: 'ssoReadUser',
      rule: 'read:sso/user',
      method: 'GET',
      path: `${path}/{user_id}`,
      summary: 'Read a user',
      description: 'Reading oneself needs no scope.',
      params,
      answers: { 200: { means: 'The user.', shape: personShape }, ...notFound },
    },
    async ({ params }, call) =>
      found(await call.query(getPerson, { uid: params.user_id }), (person) => ussoPerson(person, call.context.tenant)),
  ),
  endpoint(
    {
      ...route,
      name: 'ssoUpdateUser',
      rule: 'update:sso/user',
      method: 'PATCH',
      path: `${path}/{user_id}`,
      summary: 'Change a user',
      description:
        'Absent members stay as they are; all of it happens, or nothing. A list replaces the one before. Nobody gives or takes more than they have; each workspace that the user joins or leaves, or has other roles in, takes `update:sso/workspace` too. A changed role or scope holds at the next request.',
      params,
      body: changedPerson,
      bodyExample: { roles: ['editor'] },
      answers: { 200: { means: 'The user as it is now.', shape: personShape }, ...notFound, ...lastOne },
    },
    async ({ params, body }, call) => {
      const reply = await call.command(changePerson, { uid: params.user_id, ...detailsOf(body) });
      return written(reply, 200, (person) => ussoPerson(person, call.context.tenant));
    },
  ),
  endpoint(
    {
      ...route,
      name: 'ssoDeleteUser',
      rule: 'delete:sso/user',
      method: 'DELETE',
      path: `${path}/{user_id}`,
      summary: 'Remove a user for ever',
      description: 'The identifiers stay reserved.',
      params,
      answers: { 200: { means: 'The user as it was.', shape: personShape }, ...notFound, ...lastOne },
    },
    async ({ params }, call) =>
      written(await call.command(removePerson, { uid: params.user_id }), 200, (person) => ({
        ...ussoPerson(person, call.context.tenant),
        is_active: false,
        is_deleted: true,
      })),
  ),
];
