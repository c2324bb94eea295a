import type { Principal } from '../principal.ts';
import type { AgentEvent, AgentKeyEvent } from './events.ts';

export interface AgentState {
  readonly created: boolean;
  readonly removed: boolean;
  readonly isActive: boolean;
  readonly name: string;
  readonly description: string;
  readonly scopes: readonly string[];
  readonly workspaceId: string | null;
  /** Undefined before it was created. */
  readonly createdBy: Principal | undefined;
  readonly verifyKey: string;
  readonly keyId: string;
  /** Goes up with all that ends tokens; 0 before it was created. */
  readonly generation: number;
}

export const initialAgent: AgentState = {
  created: false,
  removed: false,
  isActive: false,
  name: '',
  description: '',
  scopes: [],
  workspaceId: null,
  createdBy: undefined,
  verifyKey: '',
  keyId: '',
  generation: 0,
};

export function evolveAgent(state: AgentState, event: AgentEvent): AgentState {
  switch (event.type) {
    case 'agent.created':
      return { ...state, ...event.data, created: true, isActive: true };
    case 'agent.changed':
    case 'agent.key-replaced':
      return { ...state, ...event.data };
    case 'agent.deactivated':
      return { ...state, isActive: false, generation: event.data.generation };
    case 'agent.reactivated':
      return { ...state, isActive: true };
    case 'agent.removed':
      return { ...state, removed: true, isActive: false, generation: event.data.generation };
  }
}

/** Whose a public key is. */
export interface AgentKeyState {
  readonly agentId: string | undefined;
}

export const initialAgentKey: AgentKeyState = { agentId: undefined };

export function evolveAgentKey(_: AgentKeyState, event: AgentKeyEvent): AgentKeyState {
  return { agentId: event.data.agentId };
}

/** Created, and not removed since; whether it may act, `isActive` says. */
export function isLivingAgent({ created, removed }: Pick<AgentState, 'created' | 'removed'>): boolean {
  return created && !removed;
}
