import { authenticate, openSession } from '@evident/contracts';
import { z } from 'zod';
import { endpoint } from '../http/endpoint.ts';
import { text } from '../http/texts.ts';
import { positioned } from './answers.ts';
import { asfRefusals, errorShape } from './refusals.ts';

const tokenShape = z
  .object({
    access_token: z.string().meta({ description: 'A JWT, to be checked with /.well-known/jwks.json.' }),
    token_type: z.literal('bearer'),
    expires_in: z.int().meta({ description: 'Seconds.', examples: [3600] }),
  })
  .meta({ id: 'Token' });

const attemptTold = { 'X-Evident-Position': 'Where the attempt stands in the log.' };

/** Sign-in of an administrator: judged by auth-command, whose evidence token-issuer turns into one session. */
export const token = endpoint(
  {
    name: 'token',
    method: 'POST',
    path: '/token',
    tag: 'Administrators',
    summary: 'Sign in as an administrator',
    description: 'An OAuth2 password form; fields other than these are ignored.',
    access: 'public',
    rule: 'public',
    form: true,
    refusals: asfRefusals,
    body: z.object({
      username: text(1, 320).meta({ description: 'Name or e-mail address.', examples: ['admin'] }),
      password: text(1, 1_024),
    }),
    bodyExample: { username: 'admin', password: 'admin_password' },
    answers: {
      200: {
        means: 'Signed in.',
        shape: tokenShape,
        headers: attemptTold,
      },
      401: {
        means: 'Name or password is wrong, or the administrator is disabled.',
        shape: errorShape,
        headers: attemptTold,
      },
      403: {
        means: 'The password is right, but the user is no administrator.',
        shape: errorShape,
        headers: attemptTold,
      },
      429: { means: 'Too many attempts; wait as Retry-After says.', shape: errorShape },
    },
  },
  async ({ body }, call) => {
    const { username, password } = body;
    const signedIn = await call.send(authenticate, { username, password, purpose: 'token' });
    if (!signedIn.ok) return asfRefusals.refuse(signedIn.error);
    const { userId, evidence } = signedIn.value;
    const session = await call.send(openSession, { evidence, purpose: 'token' });
    if (!session.ok) return asfRefusals.refuse(session.error);
    const { accessToken, expiresIn } = session.value;
    call.remember(`user:${userId}`, session.position);
    const json: z.output<typeof tokenShape> = {
      access_token: accessToken,
      token_type: 'bearer',
      expires_in: expiresIn,
    };
    return { status: 200, json, ...positioned(session.position) };
  },
);
