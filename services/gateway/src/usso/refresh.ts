import { fail, getPerson, type IssuedTokens, refreshSession } from '@evident/contracts';
import { z } from 'zod';
import type { Answer } from '../http/answer.ts';
import type { Call } from '../http/call.ts';
import { endpoint } from '../http/endpoint.ts';
import { text } from '../http/texts.ts';
import { basePath } from './base-path.ts';
import { printedIds } from './ids.ts';
import { ussoPerson } from './person.ts';
import { errorShape, ussoRefusals } from './refusals.ts';
import { refreshCookie } from './session-cookies.ts';
import { sessionTold, signedIn, signedInShape, signedOut } from './signed-in.ts';

const path = `${basePath}/auth/refresh`;
const shared = {
  path,
  tag: 'SSO: authentication',
  access: 'public',
  relayed: true,
  rule: 'public',
  refusals: ussoRefusals,
  answers: {
    200: {
      means: 'The next tokens; the refresh token sent is replaced, unless REFRESH_ROTATION is off.',
      shape: signedInShape,
      headers: sessionTold,
    },
    401: {
      means: 'The refresh token is not valid or no longer; one that had been replaced ends its session.',
      shape: errorShape,
      headers: {
        'X-Evident-Position': 'Where a session was ended: where that stands in the log.',
        'Set-Cookie': 'Where the token was a cookie: both, emptied.',
      },
    },
    403: { means: 'A cookie came with a request of another site.', shape: errorShape },
  },
} as const;

const noneSent = `No refresh token was sent: it goes into the body as refresh_token, or comes as the cookie ${refreshCookie}.`;

const refreshWithBody = endpoint(
  {
    ...shared,
    name: 'ssoRefresh',
    method: 'POST',
    summary: 'New tokens for a refresh token',
    description: 'From the body or, where it has none, from the cookie of a request of this site.',
    body: z.object({ refresh_token: text(1, 8_192).nullish() }),
    optionalBody: true,
    bodyExample: { refresh_token: 'eyJhbGciOi…' },
  },
  ({ body }, call) => {
    const { refresh_token: sent } = body;
    return typeof sent === 'string' ? refresh(sent, call) : refreshByCookie(call);
  },
);

const refreshWithCookie = endpoint(
  { ...shared, name: 'ssoRefreshByCookie', method: 'GET', summary: 'New tokens for the cookie' },
  (_input, call) => refreshByCookie(call),
);

export const refreshes = [refreshWithBody, refreshWithCookie] as const;

async function refreshByCookie(call: Call): Promise<Answer> {
  const cookie = call.client.cookie(refreshCookie);
  if (!cookie.ok) return ussoRefusals.refuse(cookie.error);
  if (cookie.value === undefined)
    return ussoRefusals.refuse(fail('caller.not-authenticated', { details: { reason: noneSent } }).error);
  return refresh(cookie.value, call, (error) => signedOut(error, call.client.cookiesAreSecure));
}

async function refresh(refreshToken: string, call: Call, refuse = ussoRefusals.refuse): Promise<Answer> {
  const reply = await call.send(refreshSession, { refreshToken });
  if (!reply.ok) {
    // Where a copy of a token was found in use its session ended: from here on for this gateway too.
    await call.passed(reply.error.position);
    return refuse(reply.error);
  }
  const { value: tokens, position } = reply;
  call.remember(`user:${tokens.userId}`, position);
  const user = await userOf(tokens, call);
  return signedIn({ tokens, user, status: 'refreshed', position, secure: call.client.cookiesAreSecure });
}

/** The tokens are given whether or not the read model can say just now who they are for. */
async function userOf(tokens: IssuedTokens, call: Call): Promise<Readonly<Record<string, unknown>>> {
  const { tenant } = call.context;
  const subject = `user:${tokens.userId}`;
  const person = await call.as(tokens.accessToken, subject).query(getPerson, {});
  return person.ok ? ussoPerson(person.value, tenant) : { ...printedIds('user', tokens.userId), tenant_id: tenant };
}
