import { authenticateAgent, fail, learnAgentScopes } from '@evident/contracts';
import { z } from 'zod';
import type { Answer } from '../http/answer.ts';
import type { Call } from '../http/call.ts';
import { type Endpoint, endpoint } from '../http/endpoint.ts';
import { written } from './answers.ts';
import { basePath } from './base-path.ts';
import { idShapes, printedIds } from './ids.ts';
import { errorShape, invalidShape, ussoRefusals } from './refusals.ts';

/**
 * Public as the routes of sign-in are: the Bearer is no token of ours, but a statement that the agent signed (reference:
 * agent JWT), which token-issuer judges. Undefined where none was sent.
 */
function statementOf({ client }: Call): string | undefined {
  return client.bearer;
}

function noneSent(): Answer {
  const reason = 'No statement was sent: the JWT that the agent signed goes into Authorization: Bearer <it>.';
  return ussoRefusals.refuse(fail('caller.not-authenticated', { details: { reason } }).error);
}

const route = {
  tag: 'SSO: agents',
  access: 'public',
  rule: 'public',
  method: 'POST',
  refusals: ussoRefusals,
} as const;
const statement =
  'The Bearer is a JWT that the agent signed with Ed25519: `kid` (or `iss`), `jti` (used once, here and on the other of these two routes), `exp` at most an hour ahead.';
const refused = {
  401: { means: 'No statement, a bad one, one that was used, or an agent that may not act.', shape: errorShape },
};
const taken = { 'X-Evident-Position': 'Where the use of the statement stands in the log.' };
const scopes = z.array(z.string()).meta({ examples: [['read:sso/user']] });

const exchangedShape = z
  .object({
    access_token: z.string().meta({ description: 'A JWT, to be checked with /.well-known/jwks.json.' }),
    token_type: z.literal('Bearer'),
    expires_in: z.int().meta({ description: 'Seconds.', examples: [3600] }),
    status: z.literal('completed'),
    tokens: z.object({ access: z.string() }),
    token: z.object({ access_token: z.string() }),
    agent: z.object({ ...idShapes('agent'), name: z.string(), scopes }),
  })
  .meta({ id: 'SsoAgentTokens' });

const learntShape = z.object({ ...idShapes('agent'), tenant_id: z.string(), scopes }).meta({ id: 'SsoAgentScopes' });

export const agentExchange: readonly Endpoint[] = [
  endpoint(
    {
      ...route,
      name: 'ssoAgentAuth',
      path: `${basePath}/agents/auth`,
      summary: 'Exchange the statement of an agent for an access token',
      description: `${statement} \`scopes\` may name fewer than the agent has. There is no refresh token: the agent signs again.`,
      answers: {
        200: { means: 'The token.', shape: exchangedShape, headers: taken },
        ...refused,
        403: {
          means: 'It asks for a scope that the agent does not hold.',
          shape: errorShape,
          headers: { 'WWW-Authenticate': 'Bearer with `insufficient_scope`, and the scope.' },
        },
        422: {
          means: 'It was made for an audience that is not ours, or asks for too many scopes.',
          shape: invalidShape,
        },
      },
    },
    async (_input, call) => {
      const assertion = statementOf(call);
      if (assertion === undefined) return noneSent();
      const reply = await call.send(authenticateAgent, { assertion });
      return written(reply, 200, (value): z.output<typeof exchangedShape> => {
        const { accessToken, expiresIn, agentId, name } = value;
        return {
          access_token: accessToken,
          token_type: 'Bearer',
          expires_in: expiresIn,
          status: 'completed',
          tokens: { access: accessToken },
          token: { access_token: accessToken },
          agent: { ...printedIds('agent', agentId), name, scopes: value.scopes },
        };
      });
    },
  ),
  endpoint(
    {
      ...route,
      name: 'ssoAgentScopes',
      path: `${basePath}/agents/scopes`,
      summary: 'Ask what an agent holds',
      description: statement,
      answers: { 200: { means: 'Its scopes, and its tenant.', shape: learntShape, headers: taken }, ...refused },
    },
    async (_input, call) => {
      const assertion = statementOf(call);
      if (assertion === undefined) return noneSent();
      const reply = await call.send(learnAgentScopes, { assertion });
      return written(
        reply,
        200,
        ({ agentId, tenantId, scopes: held }): z.output<typeof learntShape> => ({
          ...printedIds('agent', agentId),
          tenant_id: tenantId,
          scopes: held,
        }),
      );
    },
  ),
];
