import { fail, type ReplyError } from '@evident/contracts';
import { readAgentStatement } from '@evident/crypto';
import { type AgentState, parsePrincipal, streams } from '@evident/domain';
import type { Log } from '@evident/log';
import { z } from 'zod';

/** How far ahead a statement may say that it counts. */
const longestLifeSeconds = 3_600;
const clockToleranceSeconds = 5;
/** An agent's clock may be ahead of ours by this much; its statement is used up at once and gains nothing by it. */
const earlySeconds = 60;

/** What a statement says (reference: agent JWT). Times in seconds since the epoch. */
const statementClaims = z.looseObject({
  jti: z.string().min(1).max(256),
  exp: z.number(),
  nbf: z.number().optional(),
  iat: z.number().optional(),
  iss: z.string().nullish(),
  aud: z.string().nullish(),
  tenant_id: z.string().nullish(),
  scopes: z.array(z.string()).max(100).nullish(),
});
type StatementClaims = z.infer<typeof statementClaims>;

/** An agent that may act now, and what it just stated. */
export interface ProvenAgent {
  readonly agentId: string;
  readonly agent: AgentState;
  readonly claims: StatementClaims;
}

export type AgentProof =
  | { readonly ok: true; readonly proven: ProvenAgent }
  | { readonly ok: false; readonly error: ReplyError };

/**
 * Believes a statement for its signature alone: by the key that the agent's own stream has now, read from the log's
 * leader. Only who signed it with that key is told what else is wrong. Whether the statement was used before is for its
 * stream to tell.
 */
export async function proveAgent(
  { states, tenant }: Pick<Log, 'states' | 'tenant'>,
  text: string,
  now: number,
): Promise<AgentProof> {
  const refused: AgentProof = fail('caller.bad-credential');
  const statement = readAgentStatement(text);
  const claims = statementClaims.safeParse(statement?.claims).data;
  if (statement === undefined || claims === undefined) return refused;
  const agentId = await agentOf(statement.kid, claims.iss ?? undefined);
  if (agentId === undefined) return refused;
  const { state: agent } = await states.agent.load(streams.agent(tenant, agentId));
  if (!agent.created || !agent.isActive) return refused;
  if (statement.kid !== undefined && statement.kid !== agent.keyId) return refused;
  if (!statement.isSignedBy(agent.verifyKey)) return refused;
  const isElsewhere = (claims.tenant_id ?? tenant) !== tenant;
  const fault = isElsewhere ? 'names another tenant (tenant_id)' : faultOfTimes(claims, now);
  return fault === undefined ? { ok: true, proven: { agentId, agent, claims } } : refusedStatement(fault);

  /** By the key that it names, or else by itself; where it names both, they must agree. */
  async function agentOf(kid: string | undefined, iss: string | undefined): Promise<string | undefined> {
    const stated = iss === undefined ? undefined : idOf(iss);
    if (kid === undefined) return stated;
    if (!/^[0-9a-f]{64}$/.test(kid)) return undefined;
    const { agentId: named } = (await states.agentKey.load(streams.agentKey(tenant, kid))).state;
    return iss === undefined || stated === named ? named : undefined;
  }
}

/** `service:<uuid>`, or the bare uuid. */
function idOf(iss: string): string | undefined {
  const principal = parsePrincipal(iss.startsWith('service:') ? iss : `service:${iss}`);
  return principal?.id;
}

function faultOfTimes({ exp, nbf = 0, iat = 0 }: StatementClaims, now: number): string | undefined {
  const seconds = now / 1_000;
  if (seconds >= exp + clockToleranceSeconds) return 'counts no longer, by the clock of this server (exp)';
  const begun = seconds >= Math.max(nbf, iat) - earlySeconds;
  if (!begun) return 'counts only later, by the clock of this server (nbf, iat)';
  const tooLong = exp > seconds + longestLifeSeconds + clockToleranceSeconds;
  return tooLong ? 'would count for more than an hour (exp)' : undefined;
}

/** For whoever signed the statement with the agent's key: what is wrong with it. */
export function refusedStatement(fault: string): { readonly ok: false; readonly error: ReplyError } {
  return fail('caller.bad-credential', { details: { reason: `The statement ${fault}.` } });
}
