import { fail, type ReplyError, type RequestContext } from '@evident/contracts';
import { type AssertionEvent, assertionDecider, streams } from '@evident/domain';
import { eventId, type Position, runCommand, uuid5 } from '@evident/event-store';
import { metadataFor } from '../command-metadata.ts';
import type { TokenIssuerDependencies } from '../dependencies.ts';
import { type ProvenAgent, refusedStatement } from './prove-agent.ts';

export type TakenStatement =
  | {
      readonly ok: true;
      readonly taken: AssertionEvent['data'];
      /** Of the event, of which whatever is given for the statement is a function. */
      readonly eventId: string;
      readonly position: Position | undefined;
    }
  | { readonly ok: false; readonly error: ReplyError };

const step = 'accept';

/**
 * Uses a statement up, durably and for whatever it is used: its stream is named after the agent and its `jti`, and the
 * store lets one event be the first. The same command again finds its own.
 */
export async function takeStatement(
  deps: TokenIssuerDependencies,
  { agentId, agent, claims }: ProvenAgent,
  use: Pick<AssertionEvent['data'], 'purpose' | 'audience' | 'scopes'>,
  context: RequestContext,
): Promise<TakenStatement> {
  const { log, now } = deps;
  const stream = streams.assertion(log.tenant, uuid5(`assertion/${agentId}/${claims.jti}`));
  const { generation } = agent;
  const expiresAt = Math.floor(claims.exp * 1_000);
  const outcome = await runCommand(
    { store: log.store, codec: log.codec, decider: assertionDecider, now },
    {
      stream,
      step,
      command: { type: 'accept-assertion', agentId, generation, expiresAt, now: now(), ...use },
      metadata: metadataFor(deps, context, `service:${agentId}`, agentId),
      deadline: context.deadline,
    },
  );
  if (outcome.outcome === 'contended') return fail('write.contended');
  const taken = outcome.outcome === 'accepted' ? outcome.state.accepted : undefined;
  if (outcome.outcome === 'rejected' || taken === undefined)
    return refusedStatement('was used before: each takes a new jti');
  return { ok: true, taken, eventId: eventId(context.commandId, stream, step, 0), position: outcome.position };
}
