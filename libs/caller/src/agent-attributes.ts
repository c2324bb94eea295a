import type { Attributes } from '@evident/authorization';
import type { Principal } from '@evident/domain';

/** What filters of scopes see of an agent. */
export function agentAttributes(
  uid: string,
  { createdBy, workspaceId }: { readonly createdBy: Principal; readonly workspaceId: string | null },
): Attributes {
  return {
    uid,
    owner_id: createdBy.id,
    ...(createdBy.kind === 'user' ? { user_id: createdBy.id } : {}),
    ...(workspaceId === null ? {} : { workspace_id: workspaceId }),
  };
}
