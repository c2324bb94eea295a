import {
  type learnAgentScopes,
  type Reply,
  type RequestContext,
  type RequestOf,
  succeed,
  type ValueOf,
} from '@evident/contracts';
import type { TokenIssuerDependencies } from '../dependencies.ts';
import { proveAgent } from './prove-agent.ts';
import { takeStatement } from './take-statement.ts';

type Request = RequestOf<typeof learnAgentScopes>;
type Value = ValueOf<typeof learnAgentScopes>;

/** Tells an agent what it holds and where it is, for a statement that counts for nothing else then. */
export function createLearnAgentScopes(deps: TokenIssuerDependencies) {
  const { log, now } = deps;

  return async ({ assertion }: Request, context: RequestContext): Promise<Reply<Value>> => {
    const proved = await proveAgent(log, assertion, now());
    if (!proved.ok) return proved;
    const { agentId, agent } = proved.proven;
    const use = { purpose: 'scopes' as const, audience: null, scopes: [] };
    const statement = await takeStatement(deps, proved.proven, use, context);
    if (!statement.ok) return statement;
    return succeed({ agentId, tenantId: log.tenant, scopes: [...agent.scopes] }, statement.position);
  };
}
