import type { Principal } from '../principal.ts';

/** The public half of the key with which an agent signs. */
export interface AgentKey {
  /** SubjectPublicKeyInfo, PEM. */
  readonly verifyKey: string;
  /** Hex SHA-256 of its DER. */
  readonly keyId: string;
}

export interface CreateAgent {
  readonly type: 'create-agent';
  readonly name: string;
  readonly description: string;
  readonly scopes: readonly string[];
  readonly workspaceId: string | null;
  readonly createdBy: Principal;
  readonly key: AgentKey;
}

/** All or nothing; absent members stay as they are. */
export interface ChangeAgent {
  readonly type: 'change-agent';
  readonly name?: string;
  readonly description?: string;
  readonly scopes?: readonly string[];
  readonly isActive?: boolean;
  readonly key?: AgentKey;
}

export interface RemoveAgent {
  readonly type: 'remove-agent';
}

export type AgentCommand = CreateAgent | ChangeAgent | RemoveAgent;

export interface ClaimAgentKey {
  readonly type: 'claim-agent-key';
  readonly agentId: string;
  /** The agent that has the key by this stream and, as its own stream says, has not. */
  readonly superseding?: string;
}
