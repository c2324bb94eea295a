import type { IssuedTokens } from '@evident/contracts';
import { z } from 'zod';
import type { Answer } from '../http/answer.ts';
import { positioned } from './answers.ts';
import { ussoRefusals } from './refusals.ts';
import { clearedCookies, sessionCookies } from './session-cookies.ts';

const jwt = z.string().meta({ description: 'A JWT, to be checked with /.well-known/jwks.json.' });

/** The answer of a login: every form in which a client of the contract looks for its tokens (reference/usso.md 2.1). */
export const signedInShape = z
  .object({
    access_token: jwt,
    refresh_token: jwt,
    token_type: z.literal('Bearer'),
    expires_in: z.int().meta({ description: 'Seconds that the access token lives.', examples: [3600] }),
    user: z.record(z.string(), z.unknown()).meta({ description: 'As `GET /users/{id}` has it.' }),
    status: z.enum(['completed', 'refreshed']),
    tokens: z.object({ access: jwt, refresh: jwt }),
    token: z.object({ access_token: jwt, refresh_token: jwt }),
  })
  .meta({ id: 'SsoSignedIn' });

/** The headers of that answer. */
export const sessionTold = {
  'X-Evident-Position': 'Where the session stands in the log.',
  'Set-Cookie': 'Both tokens, for pages of this server.',
};

export interface SignedIn {
  readonly tokens: IssuedTokens;
  readonly user: Readonly<Record<string, unknown>>;
  readonly status: 'completed' | 'refreshed';
  readonly position: string | undefined;
  readonly secure: boolean;
}

export function signedIn({ tokens, user, status, position, secure }: SignedIn): Answer {
  const { accessToken, expiresIn } = tokens;
  const refreshToken = tokens.refreshToken ?? '';
  const json: z.output<typeof signedInShape> = {
    access_token: accessToken,
    refresh_token: refreshToken,
    token_type: 'Bearer',
    expires_in: expiresIn,
    user,
    status,
    tokens: { access: accessToken, refresh: refreshToken },
    token: { access_token: accessToken, refresh_token: refreshToken },
  };
  return { status: 200, json, cookies: sessionCookies(tokens, secure), ...positioned(position) };
}

/**
 * A refusal that takes the cookies away where they name a session that is over. With any other the session may go on, and
 * without its cookie nobody could ask again.
 */
export function signedOut(error: Parameters<typeof ussoRefusals.refuse>[0], secure: boolean): Answer {
  const refusal = ussoRefusals.refuse(error);
  return refusal.status === 401 ? { ...refusal, cookies: clearedCookies(secure) } : refusal;
}
