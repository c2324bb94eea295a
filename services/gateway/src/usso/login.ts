import { authenticate, registerPerson } from '@evident/contracts';
import { z } from 'zod';
import type { Call } from '../http/call.ts';
import { endpoint } from '../http/endpoint.ts';
import { text } from '../http/texts.ts';
import { basePath } from './base-path.ts';
import { errorShape, ussoRefusals } from './refusals.ts';
import { answerWithSession } from './session-opened.ts';
import { sessionTold, signedInShape } from './signed-in.ts';

const body = z.object({
  identifier: text(1, 320).meta({
    description: 'Name, e-mail address or phone number.',
    examples: ['admin@example.com'],
  }),
  secret: text(1, 1_024).meta({ description: 'The password.', examples: ['Correct-Horse-7'] }),
  register: z
    .boolean()
    .nullish()
    .meta({ description: 'An unknown identifier is registered; a known one signs in as always.' }),
  type: z
    .enum(['username', 'email', 'phone'])
    .nullish()
    .meta({ description: 'What the identifier is; where absent it is told by its form.' }),
  method: z.literal('password').nullish(),
  audience: text(1, 256)
    .nullish()
    .meta({ description: 'For which app the tokens are made: TOKEN_AUDIENCE, or one of ALLOWED_AUDIENCES.' }),
});

/** Sign-in: judged by auth-command, whose evidence token-issuer turns into one session. */
export const login = endpoint(
  {
    name: 'ssoLogin',
    method: 'POST',
    path: `${basePath}/auth/login`,
    tag: 'SSO: authentication',
    summary: 'Sign in',
    description: 'Answers access and refresh token, and sets them as cookies for pages of this server.',
    access: 'public',
    rule: 'public',
    refusals: ussoRefusals,
    body,
    bodyExample: { identifier: 'admin@example.com', secret: 'Correct-Horse-7', register: true },
    answers: {
      200: {
        means: 'Signed in.',
        shape: signedInShape,
        headers: sessionTold,
      },
      401: {
        means: 'Identifier or secret is wrong, or the user is disabled.',
        shape: errorShape,
        headers: { 'X-Evident-Position': 'Where the attempt stands in the log.' },
      },
      403: { means: 'With `register`: nobody can register here.', shape: errorShape },
      429: { means: 'Too many attempts; wait as Retry-After says.', shape: errorShape },
    },
  },
  async ({ body }, call) => answerWithSession(await prove(body, call), call),
);

function prove({ identifier, secret, register, type, audience }: z.output<typeof body>, call: Call) {
  const kind = type ?? undefined;
  const wanted = { ...(kind === undefined ? {} : { kind }), ...(typeof audience === 'string' ? { audience } : {}) };
  if (register !== true) {
    return call.send(authenticate, { username: identifier, password: secret, purpose: 'session', ...wanted });
  }
  const { fromThisMachine } = call.client;
  return call.send(registerPerson, { identifier, password: secret, orSignIn: true, fromThisMachine, ...wanted });
}
