import type { Attributes } from '@evident/caller';
import type { AgentState } from '@evident/domain';

/** What filters of scopes see of an agent, a removed one too; undefined where there never was one. */
export function agentAttributes(uid: string, agent: AgentState): Attributes | undefined {
  const { workspaceId, createdBy } = agent;
  if (createdBy === undefined) return undefined;
  return {
    uid,
    owner_id: createdBy.id,
    ...(createdBy.kind === 'user' ? { user_id: createdBy.id } : {}),
    ...(workspaceId === null ? {} : { workspace_id: workspaceId }),
  };
}
