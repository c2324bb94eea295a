import { changeProfile, getProfile, listProfiles } from '@evident/contracts';
import { z } from 'zod';
import { type Endpoint, endpoint } from '../http/endpoint.ts';
import { jsonMembers } from '../http/json-members.ts';
import { pullPage } from '../http/pull-page.ts';
import { found, listed, written } from './answers.ts';
import { basePath } from './base-path.ts';
import { creationOf } from './creation-query.ts';
import { idInBody, idInPath } from './ids.ts';
import { clearable, optional } from './nulls.ts';
import { listQuery, pageOf, pageShape } from './pages.ts';
import { profileShape, ussoProfile } from './person.ts';
import { protectedRoute } from './protected-route.ts';

const route = { ...protectedRoute, tag: 'SSO: profiles' } as const;
const path = `${basePath}/profiles`;
const params = z.object({ user_id: idInPath('user') });
const notFound = { 404: { means: 'There is no such user.' } };
const change = z.object({
  profile_data: clearable(jsonMembers).meta({ description: 'Members that are null go; others take their place.' }),
});
const changeExample = { profile_data: { first_name: 'Ada', city: 'London' } };
const profileOf = 'The profile of a user, empty until something is written.';

export const profiles: readonly Endpoint[] = [
  endpoint(
    {
      ...route,
      name: 'ssoListProfiles',
      rule: 'read:sso/profile',
      method: 'GET',
      path,
      summary: 'List profiles',
      description: 'Of users who have one, as far as the caller may read them. Each is as old as its user.',
      query: listQuery({}),
      answers: { 200: { means: 'A page.', shape: pageShape('SsoProfilePage', profileShape) } },
    },
    async ({ query }, call) => {
      const page = pageOf(query);
      const reply = await pullPage(page, async (piece) => {
        const part = await call.query(listProfiles, { ...piece, ...creationOf(query) });
        return part.ok ? { ok: true, value: { items: part.value.profiles, total: part.value.total } } : part;
      });
      return listed(reply, page, (profile) => ussoProfile(profile, call.context.tenant));
    },
  ),
  endpoint(
    {
      ...route,
      name: 'ssoCreateProfile',
      rule: 'create:sso/profile',
      method: 'POST',
      path,
      summary: 'Write the first profile of a user',
      description: 'One’s own needs no scope.',
      body: z.object({ user_id: idInBody('user'), profile_data: optional(jsonMembers) }),
      bodyExample: { user_id: 'user:019a2f1e-7c1e-7b52-9a34-1c5e7d9b2f60', ...changeExample },
      answers: {
        201: { means: 'Written.', shape: profileShape },
        ...notFound,
        409: { means: 'The user has a profile already.' },
      },
    },
    async ({ body }, call) => {
      const { user_id: userId, profile_data: data = {} } = body;
      const reply = await call.command(changeProfile, { userId, data, merge: false, mustBeNew: true });
      return written(reply, 201, (profile) => ussoProfile(profile, call.context.tenant));
    },
  ),
  endpoint(
    {
      ...route,
      name: 'ssoReadOwnProfile',
      rule: 'self',
      method: 'GET',
      path: `${path}/mine`,
      summary: 'Read one’s own profile',
      answers: { 200: { means: profileOf, shape: profileShape }, ...notFound },
    },
    async (_input, call) =>
      found(await call.query(getProfile, {}), (profile) => ussoProfile(profile, call.context.tenant)),
  ),
  endpoint(
    {
      ...route,
      name: 'ssoUpdateOwnProfile',
      rule: 'self',
      method: 'PATCH',
      path: `${path}/mine`,
      summary: 'Change one’s own profile',
      description: 'Through an API key that has scopes of its own, with `update:sso/profile` among them.',
      body: change,
      bodyExample: changeExample,
      answers: { 200: { means: profileOf, shape: profileShape }, ...notFound },
    },
    async ({ body }, call) =>
      written(await call.command(changeProfile, changeOf(body)), 200, (profile) =>
        ussoProfile(profile, call.context.tenant),
      ),
  ),
  endpoint(
    {
      ...route,
      name: 'ssoReadProfile',
      rule: 'read:sso/profile',
      method: 'GET',
      path: `${path}/{user_id}`,
      summary: 'Read the profile of a user',
      description: 'One’s own needs no scope.',
      params,
      answers: { 200: { means: profileOf, shape: profileShape }, ...notFound },
    },
    async ({ params: { user_id: userId } }, call) =>
      found(await call.query(getProfile, { userId }), (profile) => ussoProfile(profile, call.context.tenant)),
  ),
  endpoint(
    {
      ...route,
      name: 'ssoUpdateProfile',
      rule: 'update:sso/profile',
      method: 'PATCH',
      path: `${path}/{user_id}`,
      summary: 'Change the profile of a user',
      description: 'One’s own needs no scope.',
      params,
      body: change,
      bodyExample: changeExample,
      answers: { 200: { means: profileOf, shape: profileShape }, ...notFound },
    },
    async ({ params: { user_id: userId }, body }, call) =>
      written(await call.command(changeProfile, { userId, ...changeOf(body) }), 200, (profile) =>
        ussoProfile(profile, call.context.tenant),
      ),
  ),
];

/** Null clears it all. */
function changeOf({ profile_data: data }: z.output<typeof change>) {
  return data === null ? { data: {}, merge: false } : { data: data ?? {}, merge: true };
}
