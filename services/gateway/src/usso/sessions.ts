import { endSessions, getSession, given, listSessions, revokeSession, type SessionObject } from '@evident/contracts';
import { z } from 'zod';
import type { Call } from '../http/call.ts';
import { type Endpoint, endpoint } from '../http/endpoint.ts';
import { pullPage } from '../http/pull-page.ts';
import { found, listed, positioned } from './answers.ts';
import { basePath } from './base-path.ts';
import { creationOf } from './creation-query.ts';
import { idInBody, idInPath, idShapes, printedId, printedIds } from './ids.ts';
import { listQuery, pageOf, pageShape } from './pages.ts';
import { protectedRoute } from './protected-route.ts';
import { errorShape, ussoRefusals } from './refusals.ts';
import { clearedCookies } from './session-cookies.ts';
import { timeShape, ussoTime } from './times.ts';

const path = `${basePath}/sessions`;
const shared = { ...protectedRoute, tag: 'SSO: sessions', rule: 'self' } as const;
const params = z.object({ session_id: idInPath('session') });
const oneOf = { path: `${path}/{session_id}`, params } as const;
const whose = { user_id: idInBody('user').optional() };
const unknown = { 404: { means: 'There is no such session for this caller.', shape: errorShape } } as const;

const sessionShape = z
  .object({
    ...idShapes('session'),
    tenant_id: z.string(),
    user_id: z.string().meta({ examples: ['user:019a2f1e-7c1e-7b52-9a34-1c5e7d9b2f60'] }),
    workspace_id: z.string().nullable(),
    aud: z.string(),
    amr: z.array(z.string()),
    scopes: z.array(z.string()).meta({ description: 'Those in its newest access token.' }),
    session_type: z.literal('regular_login'),
    is_active: z.boolean(),
    is_deleted: z.boolean(),
    created_at: timeShape,
    updated_at: timeShape,
    last_used_at: timeShape,
    expires_at: timeShape.meta({ description: 'Unless it is refreshed before.' }),
    max_age_minutes: z.int(),
    ip: z.string().nullable(),
    user_agent: z.string().nullable(),
    location: z.string().nullable(),
    device_info: z.object({
      ip_address: z.string().nullable(),
      user_agent: z.string().nullable(),
      location: z.string().nullable(),
    }),
    meta_data: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'SsoSession' });

const listSession = endpoint(
  {
    ...shared,
    name: 'ssoListSessions',
    method: 'GET',
    path,
    summary: 'Sessions that live, newest first unless asked otherwise',
    description: 'One’s own; those of `user_id` with `read:sso/session`.',
    query: listQuery(whose, '-created_at'),
    answers: { 200: { means: 'A page of sessions.', shape: pageShape('SsoSessions', sessionShape) } },
  },
  async ({ query }, call) => {
    const page = pageOf(query);
    const wanted = { ...given({ userId: query.user_id }), ...creationOf(query) };
    const reply = await pullPage(page, async (piece) => {
      const part = await call.query(listSessions, { ...piece, ...wanted });
      return part.ok ? { ok: true, value: { items: part.value.sessions, total: part.value.total } } : part;
    });
    return listed(reply, page, (session) => ussoSession(session, true, call));
  },
);

const readSession = endpoint(
  {
    ...shared,
    ...oneOf,
    name: 'ssoReadSession',
    method: 'GET',
    summary: 'A session, also one that has ended',
    description: 'One’s own; anybody’s with `read:sso/session`.',
    answers: { 200: { means: 'The session.', shape: sessionShape }, ...unknown },
  },
  async ({ params }, call) =>
    found(await call.query(getSession, { sessionId: params.session_id }), (session) =>
      ussoSession(session, session.isActive, call),
    ),
);

const endSession = endpoint(
  {
    ...shared,
    ...oneOf,
    name: 'ssoEndSession',
    method: 'DELETE',
    summary: 'End a session with all its tokens',
    description: 'One’s own; anybody’s with `delete:sso/session`.',
    answers: { 200: { means: 'The session, ended.', shape: sessionShape }, ...unknown },
  },
  async ({ params }, call) => {
    // Asked first: with its own session the caller loses the right to ask.
    const session = await call.query(getSession, { sessionId: params.session_id });
    if (!session.ok) return ussoRefusals.refuse(session.error);
    const ended = await call.command(revokeSession, { sessionId: params.session_id });
    if (!ended.ok) return ussoRefusals.refuse(ended.error);
    return { status: 200, json: ussoSession(session.value, false, call), ...positioned(ended.position) };
  },
);

const endAllSessions = endpoint(
  {
    ...shared,
    name: 'ssoEndSessions',
    method: 'DELETE',
    path,
    summary: 'End all sessions, this one too',
    description: 'One’s own; those of `user_id` with `delete:sso/session`.',
    query: z.strictObject(whose),
    answers: { 200: { means: 'They have ended.', shape: z.object({ message: z.string(), user_id: z.string() }) } },
  },
  async ({ query }, call) => {
    const { user_id: userId } = query;
    const reply = await call.command(endSessions, userId === undefined ? {} : { userId });
    if (!reply.ok) return ussoRefusals.refuse(reply.error);
    const json = { message: 'All sessions have ended', user_id: printedId('user', reply.value.userId) };
    const own = call.subject === json.user_id ? { cookies: clearedCookies(call.client.cookiesAreSecure) } : {};
    return { status: 200, json, ...own, ...positioned(reply.position) };
  },
);

export const sessions: readonly Endpoint[] = [listSession, readSession, endSession, endAllSessions];

function ussoSession(session: SessionObject, isActive: boolean, { context }: Call): z.output<typeof sessionShape> {
  const { uid, userUid, audience, methods, scopes, createdAt, lastUsedAt, expiresAt } = session;
  const ip = session.clientIp === '' ? null : session.clientIp;
  const userAgent = session.userAgent === '' ? null : session.userAgent;
  return {
    ...printedIds('session', uid),
    tenant_id: context.tenant,
    user_id: printedId('user', userUid),
    workspace_id: null,
    aud: audience,
    amr: methods,
    scopes,
    session_type: 'regular_login',
    is_active: isActive,
    is_deleted: !isActive,
    created_at: ussoTime(createdAt),
    updated_at: ussoTime(lastUsedAt),
    last_used_at: ussoTime(lastUsedAt),
    expires_at: ussoTime(expiresAt),
    max_age_minutes: Math.round((expiresAt - createdAt) / 60_000),
    ip,
    user_agent: userAgent,
    location: null,
    device_info: { ip_address: ip, user_agent: userAgent, location: null },
    meta_data: {},
  };
}
