import { type ReplyError, verifyCredentials } from '@evident/contracts';
import { z } from 'zod';
import type { Answer } from '../http/answer.ts';
import { clipped } from '../http/clipped.ts';
import { endpoint } from '../http/endpoint.ts';
import { ipAddress, text } from '../http/texts.ts';
import { positioned } from './answers.ts';
import { verifiedUser, verifiedUserShape } from './objects.ts';
import { asfRefusals, retryAfter } from './refusals.ts';

const refusalMessages = {
  'invalid-key': 'Invalid API key',
  'invalid-credentials': 'Invalid username or password',
  inactive: 'User account is inactive',
  'not-assigned': 'User not authorized for this application',
} as const;

const longestUserAgent = 512;

const verifyAnswerShape = z
  .object({
    authorized: z.boolean(),
    message: z.enum(['Authorized', ...Object.values(refusalMessages)]),
    user: verifiedUserShape.optional(),
  })
  .meta({ id: 'Verification' });
const throttledShape = z.object({ authorized: z.literal(false), message: z.string() });

/** `/verify` says everything in the shape that its callers read, being throttled included. */
function refuse(error: ReplyError): Answer {
  if (error.code !== 'request.too-many-attempts') return asfRefusals.refuse(error);
  return {
    status: 429,
    json: { authorized: false, message: 'Too many attempts, try again later' },
    headers: { 'retry-after': retryAfter(error) },
  };
}

export const verify = endpoint(
  {
    name: 'verify',
    method: 'POST',
    path: '/verify',
    tag: 'Verification',
    summary: 'Check the credentials of a user of your app',
    description:
      'Answers 200 whether or not the user is authorized, and writes one event before it does. An unknown user and a ' +
      'wrong password cannot be told apart.',
    access: 'public',
    rule: 'public',
    refusals: { ...asfRefusals, refuse },
    body: z.object({
      username: text(1, 320).meta({ description: 'Name or e-mail address.', examples: ['jdoe'] }),
      password: text(1, 1_024),
      api_key: text(1, 256).meta({ description: 'The key of your app.' }),
      client_ip: ipAddress.nullish().meta({ description: "The person's own address, for the record and the limits." }),
      user_agent: text(0, 4_096).nullish().meta({ description: "The person's own user agent, for the record." }),
    }),
    bodyExample: { username: 'jdoe', password: 'secretpassword', api_key: 'YOUR_APP_API_KEY' },
    answers: {
      200: { means: 'Judged. Look at `authorized`.', shape: verifyAnswerShape, headers: positionHeader() },
      429: { means: 'Too many attempts; wait as Retry-After says.', shape: throttledShape },
    },
  },
  async ({ body }, call) => {
    const { username, password, api_key: apiKey, client_ip: clientIp, user_agent: userAgent } = body;
    const reply = await call.send(verifyCredentials, {
      username,
      password,
      apiKey,
      ...(typeof clientIp === 'string' ? { clientIp } : undefined),
      ...(typeof userAgent === 'string' ? { userAgent: clipped(userAgent, longestUserAgent) } : undefined),
    });
    if (!reply.ok) return refuse(reply.error);
    const { value } = reply;
    const json = value.authorized
      ? { authorized: true, message: 'Authorized', user: verifiedUser(value.user) }
      : { authorized: false, message: refusalMessages[value.refusal] };
    return { status: 200, json, ...positioned(reply.position) };
  },
);

function positionHeader() {
  return { 'X-Evident-Position': 'Where the event of this attempt stands in the log.' };
}
