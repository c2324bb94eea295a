import { given, registerPerson } from '@evident/contracts';
import { z } from 'zod';
import { endpoint } from '../http/endpoint.ts';
import { text } from '../http/texts.ts';
import { basePath } from './base-path.ts';
import { optional } from './nulls.ts';
import { identifierText, identifierType, newPassword } from './person-input.ts';
import { errorShape, ussoRefusals } from './refusals.ts';
import { refusedIn } from './refused-member.ts';
import { answerWithSession } from './session-opened.ts';
import { sessionTold, signedInShape } from './signed-in.ts';

const missingSecret = {
  code: 'custom',
  path: ['secret'],
  message: 'Field required',
  params: { type: 'missing' },
} as const;

/** Sign-up, which signs in too. */
export const register = endpoint(
  {
    name: 'ssoRegister',
    method: 'POST',
    path: `${basePath}/auth/register`,
    tag: 'SSO: authentication',
    summary: 'Sign up',
    description:
      'Registers whoever asks, where the configuration lets people do so, and signs them in. An address or a number that is given here is not verified.',
    access: 'public',
    rule: 'public',
    refusals: ussoRefusals,
    body: z
      .object({
        identifier: identifierText,
        secret: optional(newPassword),
        password: optional(newPassword),
        type: optional(identifierType),
        name: optional(text(0, 256)),
        audience: optional(text(1, 256)),
        method: optional(z.literal('password')),
      })
      .superRefine(({ secret, password }, context) => {
        if ((secret ?? password) === undefined) context.addIssue({ ...missingSecret, path: [...missingSecret.path] });
      }),
    bodyExample: { identifier: 'jdoe@example.com', secret: 'Correct-Horse-7', name: 'J. Doe' },
    answers: {
      201: { means: 'Registered, and signed in.', shape: signedInShape, headers: sessionTold },
      403: { means: 'Nobody can register here.', shape: errorShape },
      409: { means: 'The identifier belongs to someone.', shape: errorShape },
      429: { means: 'Too many registrations from this address; wait as Retry-After says.', shape: errorShape },
    },
  },
  async ({ body }, call) => {
    const { identifier, secret, password, type: kind, name, audience } = body;
    const { fromThisMachine } = call.client;
    const wanted = { identifier, password: secret ?? password ?? '', fromThisMachine };
    const proven = await call.send(registerPerson, { ...wanted, ...given({ kind, name, audience }) });
    const member = secret === undefined ? 'password' : 'secret';
    const answer = await answerWithSession(refusedIn(proven, 'user.password-unacceptable', member), call);
    return answer.status === 200 ? { ...answer, status: 201 } : answer;
  },
);
