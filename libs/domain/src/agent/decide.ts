import { accept, type Decider, type Decision, reject } from '../decider.ts';
import type { AgentCommand, ChangeAgent, ClaimAgentKey } from './commands.ts';
import type { AgentEvent, AgentKeyEvent } from './events.ts';
import {
  type AgentKeyState,
  type AgentState,
  evolveAgent,
  evolveAgentKey,
  initialAgent,
  initialAgentKey,
  isLivingAgent,
} from './state.ts';

export type AgentRejection = 'agent.unknown' | 'agent.already-created';

type AgentDecision = Decision<AgentEvent, AgentRejection>;

/** One machine that signs statements with a key of its own, on `agent-<tenant>.<id>`. */
export const agentDecider: Decider<AgentCommand, AgentState, AgentEvent, AgentRejection> = {
  initial: initialAgent,
  evolve: evolveAgent,
  decide(command, state) {
    if (command.type === 'create-agent') {
      if (state.created) return reject('agent.already-created');
      const { type: _, key, scopes, ...members } = command;
      return accept({ type: 'agent.created', data: { ...members, ...key, scopes: [...scopes], generation: 1 } });
    }
    if (!isLivingAgent(state)) return reject('agent.unknown');
    if (command.type === 'remove-agent') {
      return accept({ type: 'agent.removed', data: { generation: state.generation + 1 } });
    }
    return change(command, state);
  },
};

function change(command: ChangeAgent, state: AgentState): AgentDecision {
  const { name = state.name, description = state.description, scopes = state.scopes, isActive, key } = command;
  const events: AgentEvent[] = [];
  let { generation } = state;
  if (name !== state.name || description !== state.description || !sameScopes(scopes, state.scopes)) {
    // Texts are compared, not what they reach: a scope written differently ends tokens without need, never too few.
    if (state.scopes.some((scope) => !scopes.includes(scope))) generation += 1;
    events.push({ type: 'agent.changed', data: { name, description, scopes: [...scopes], generation } });
  }
  if (key !== undefined && key.keyId !== state.keyId) {
    generation += 1;
    const { verifyKey, keyId } = key;
    events.push({ type: 'agent.key-replaced', data: { verifyKey, keyId, generation } });
  }
  if (isActive === true && !state.isActive) events.push({ type: 'agent.reactivated', data: {} });
  if (isActive === false && state.isActive) {
    generation += 1;
    events.push({ type: 'agent.deactivated', data: { generation } });
  }
  return accept(...events);
}

function sameScopes(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((scope, index) => scope === right[index]);
}

/** Another agent has the key, and `superseding` does not name it. */
export type AgentKeyRejection = 'agent.key-taken';

/**
 * Whose a public key is, on `agentkey-<tenant>.<key id>`: one agent has it at a time. A claim gives way to another only
 * where whoever decides has seen that the holder's own stream does not have the key; a holder that completes it
 * afterwards is found by its own id only.
 */
export const agentKeyDecider: Decider<ClaimAgentKey, AgentKeyState, AgentKeyEvent, AgentKeyRejection> = {
  initial: initialAgentKey,
  evolve: evolveAgentKey,
  decide({ agentId, superseding }, state) {
    if (state.agentId === agentId) return accept();
    if (state.agentId !== undefined && state.agentId !== superseding) return reject('agent.key-taken');
    return accept({ type: 'agentkey.claimed', data: { agentId } });
  },
};
