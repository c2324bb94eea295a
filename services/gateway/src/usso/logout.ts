import { logOut } from '@evident/contracts';
import { z } from 'zod';
import type { Answer } from '../http/answer.ts';
import type { Call } from '../http/call.ts';
import { endpoint } from '../http/endpoint.ts';
import { text } from '../http/texts.ts';
import { positioned } from './answers.ts';
import { basePath } from './base-path.ts';
import { errorShape, ussoRefusals } from './refusals.ts';
import { clearedCookies, refreshCookie } from './session-cookies.ts';
import { signedOut } from './signed-in.ts';

const messageShape = z.object({ message: z.string() }).meta({ id: 'SsoMessage' });
const shared = {
  path: `${basePath}/auth/logout`,
  tag: 'SSO: authentication',
  access: 'public',
  rule: 'public',
  refusals: ussoRefusals,
  answers: {
    200: {
      means: 'The session has ended with all its tokens, and its cookies are taken away.',
      shape: messageShape,
      headers: {
        'X-Evident-Position': 'Where the end of the session stands in the log.',
        'Set-Cookie': 'The cookies of the session, emptied.',
      },
    },
    401: {
      means: 'No token that counts was sent.',
      shape: errorShape,
      headers: { 'Set-Cookie': 'The cookies of the session, emptied.' },
    },
    403: {
      means: 'A cookie came with a request of another site, or the credential is a key, an agent’s or for another app.',
      shape: errorShape,
      headers: { 'WWW-Authenticate': 'Of a key or an agent: Bearer with `insufficient_scope`.' },
    },
  },
} as const;

const logoutWithBody = endpoint(
  {
    ...shared,
    name: 'ssoLogout',
    method: 'POST',
    summary: 'Sign out',
    description:
      'Of the access token (Bearer or cookie) or, where that counts no longer, of the refresh token in the body or cookie.',
    body: z.object({ refresh_token: text(1, 8_192).nullish() }),
    optionalBody: true,
    bodyExample: { refresh_token: 'eyJhbGciOi…' },
  },
  ({ body }, call) => logout(call, body.refresh_token ?? undefined),
);

const logoutWithCookie = endpoint(
  { ...shared, name: 'ssoLogoutByGet', method: 'GET', summary: 'Sign out, by a link' },
  (_input, call) => logout(call, undefined),
);

export const logouts = [logoutWithBody, logoutWithCookie] as const;

async function logout(call: Call, sent: string | undefined): Promise<Answer> {
  const { client } = call;
  const { credential } = client;
  const shown = credential.ok ? credential.value : undefined;
  const cookie = sent === undefined ? client.cookie(refreshCookie) : undefined;
  // A foreign cookie counts for nothing, and takes nothing from a token that was sent beside it.
  if (sent === undefined && !credential.ok) return ussoRefusals.refuse(credential.error);
  if (cookie?.ok === false && shown === undefined) return ussoRefusals.refuse(cookie.error);
  const refreshToken = sent ?? (cookie?.ok === true ? cookie.value : undefined);
  const asking = shown === undefined ? call : call.as(shown);
  const reply = await asking.command(logOut, refreshToken === undefined ? {} : { refreshToken });
  if (!reply.ok) return signedOut(reply.error, client.cookiesAreSecure);
  call.remember(`user:${reply.value.userId}`, reply.position);
  const cookies = clearedCookies(client.cookiesAreSecure);
  return { status: 200, json: { message: 'Signed out' }, cookies, ...positioned(reply.position) };
}
