import { delegable } from '@evident/authorization';
import { activeWorkspaces } from '@evident/caller';
import {
  type AccessTokenClaims,
  type authenticateAgent,
  fail,
  type Reply,
  type RequestContext,
  type RequestOf,
  succeed,
  type ValueOf,
} from '@evident/contracts';
import { tooLongForToken } from '@evident/crypto';
import type { AgentState, AssertionEvent } from '@evident/domain';
import { uuid5 } from '@evident/event-store';
import type { TokenIssuerDependencies } from '../dependencies.ts';
import type { SigningKeys } from '../keys/signing-keys.ts';
import { proveAgent } from './prove-agent.ts';
import { takeStatement } from './take-statement.ts';

type Request = RequestOf<typeof authenticateAgent>;
type Value = ValueOf<typeof authenticateAgent>;

/** One factor, which is all that there is (as the published clients of USSO read it): a key in software (RFC 8176). */
const proof = { amr: ['swk'], acr: 'usso:acr:1' };
/** What clients write for the service that they ask, whatever it is called. */
const anyName = 'sso';
const ourAudiences = `should be ${anyName}, PUBLIC_URL, TOKEN_AUDIENCE or one of ALLOWED_AUDIENCES`;

/** From an agent's statement to its access token, once for each statement. */
export function createAuthenticateAgent(deps: TokenIssuerDependencies, signingKeys: Pick<SigningKeys, 'signer'>) {
  const { log, now, config } = deps;
  const { publicUrl: issuer, tokens } = config;

  return async ({ assertion }: Request, context: RequestContext): Promise<Reply<Value>> => {
    const proved = await proveAgent(log, assertion, now());
    if (!proved.ok) return proved;
    const { agentId, agent, claims } = proved.proven;
    const audience = audienceOf(claims.aud ?? anyName);
    if (audience === undefined) return fail('request.invalid', { details: { field: 'aud', reason: ourAudiences } });
    const asked = [...new Set(claims.scopes ?? [])];
    const delegation = delegable({ held: agent.scopes, wanted: asked });
    if (!delegation.allowed) return fail('caller.not-permitted', { details: { missing: delegation.missing } });
    const scopes = asked.length === 0 ? [...agent.scopes] : asked;
    const tooLong = tooLongForToken(scopes);
    if (tooLong !== undefined) return fail('request.invalid', { details: { field: 'scopes', reason: tooLong } });
    const statement = await takeStatement(deps, proved.proven, { purpose: 'token', audience, scopes }, context);
    if (!statement.ok) return statement;
    const token = claimsOf(statement.taken, statement.eventId, await workspaceOf(agent));
    const signer = await signingKeys.signer('access');
    const accessToken = await signer.sign(token);
    const value = { accessToken, expiresIn: token.exp - token.iat, agentId, name: agent.name, scopes: token.scopes };
    return succeed(value, statement.position);
  };

  /** For whom the token is; undefined where the statement was made for somebody else. */
  function audienceOf(aud: string): string | undefined {
    if ([anyName, issuer, tokens.audience].includes(aud)) return tokens.audience;
    return tokens.allowedAudiences.includes(aud) ? aud : undefined;
  }

  /** Null also while the workspace is not active: other services let somebody in for being in it. */
  async function workspaceOf({ workspaceId }: AgentState): Promise<string | null> {
    if (workspaceId === null) return null;
    const [active = null] = await activeWorkspaces(log.states, log.tenant, [workspaceId]);
    return active;
  }

  function claimsOf(taken: AssertionEvent['data'], event: string, workspaceId: string | null): AccessTokenClaims {
    const iat = Math.floor(taken.acceptedAt / 1_000);
    return {
      iss: issuer,
      aud: taken.audience ?? tokens.audience,
      sub: `service:${taken.agentId}`,
      sub_type: 'agent',
      jti: uuid5(`access/${event}`),
      token_type: 'access',
      iat,
      nbf: iat,
      exp: iat + tokens.accessTtlSeconds,
      gen: taken.generation,
      tenant_id: log.tenant,
      workspace_id: workspaceId,
      roles: [],
      scopes: [...taken.scopes],
      ...proof,
    };
  }
}
