import { type AgentObject, type Reply, type RequestOf, type removeAgent, succeed } from '@evident/contracts';
import { agentDecider, streams } from '@evident/domain';
import type { Command } from '../command.ts';
import type { CommandEnvironment } from '../command-environment.ts';
import { decideOnStream } from '../decide-on-stream.ts';
import { mayDo } from '../may-do.ts';
import { agentAfterCommand } from './agent-reply.ts';
import { attributesOf } from './change-agent.ts';

type Request = RequestOf<typeof removeAgent>;

const step = 'remove';

/** For ever. Its tokens and its API keys end with it, since each is held against its stream. */
export function createRemoveAgent(env: CommandEnvironment) {
  const { log } = env;

  return async ({ uid }: Request, command: Command): Promise<Reply<AgentObject>> => {
    const stream = streams.agent(log.tenant, uid);
    const { state } = await log.states.agent.load(stream);
    const missing = mayDo(command, 'delete:sso/agent', attributesOf(uid, state));
    if (missing !== undefined) return { ok: false, error: missing };
    const decision = { type: 'remove-agent' } as const;
    const decided = await decideOnStream(
      env,
      { decider: agentDecider, states: log.states.agent, stream, step, decision },
      command,
    );
    if (!decided.ok) return decided;
    const after = await agentAfterCommand(env, uid, step, command);
    return after.ok ? succeed(after.agent, after.position) : after;
  };
}
