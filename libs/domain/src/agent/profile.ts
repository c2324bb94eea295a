import type { Principal } from '../principal.ts';
import type { AgentEvent } from './events.ts';

/**
 * An agent as others see it; times are milliseconds since the epoch, from the log. Rows of its view hold all of it as it
 * stands here: another member is a new version of that view.
 */
export type AgentProfile = {
  readonly name: string;
  readonly description: string;
  readonly scopes: readonly string[];
  readonly workspaceId: string | null;
  readonly createdBy: Principal;
  readonly isActive: boolean;
  readonly verifyKey: string;
  readonly keyId: string;
  readonly createdAt: number;
  readonly updatedAt: number;
};

/** The profile after an event; undefined before it was created and after removal. */
export function evolveAgentProfile(
  profile: AgentProfile | undefined,
  event: AgentEvent,
  recordedAt: number,
): AgentProfile | undefined {
  if (event.type === 'agent.created') {
    const { generation: _, ...members } = event.data;
    return { ...members, isActive: true, createdAt: recordedAt, updatedAt: recordedAt };
  }
  if (profile === undefined) return undefined;
  switch (event.type) {
    case 'agent.changed': {
      const { name, description, scopes } = event.data;
      return { ...profile, name, description, scopes, updatedAt: recordedAt };
    }
    case 'agent.key-replaced': {
      const { verifyKey, keyId } = event.data;
      return { ...profile, verifyKey, keyId, updatedAt: recordedAt };
    }
    case 'agent.deactivated':
      return { ...profile, isActive: false, updatedAt: recordedAt };
    case 'agent.reactivated':
      return { ...profile, isActive: true, updatedAt: recordedAt };
    case 'agent.removed':
      return undefined;
  }
}
