import type { changeAgent, createAgent, issueApiKey, removeAgent, revokeApiKey } from '@evident/contracts';
import type { CommandHandler } from '../answering.ts';
import type { CommandEnvironment } from '../command-environment.ts';
import type { Guard } from '../permitted.ts';
import { createChangeAgent } from './change-agent.ts';
import { createCreateAgent } from './create-agent.ts';
import { createIssueApiKey } from './issue-api-key.ts';
import { createRemoveAgent } from './remove-agent.ts';
import { createRevokeApiKey } from './revoke-api-key.ts';

/** Agents and API keys. */
export interface MachineCommands {
  readonly createAgent: CommandHandler<typeof createAgent>;
  readonly changeAgent: CommandHandler<typeof changeAgent>;
  readonly removeAgent: CommandHandler<typeof removeAgent>;
  readonly issueApiKey: CommandHandler<typeof issueApiKey>;
  readonly revokeApiKey: CommandHandler<typeof revokeApiKey>;
}

/** Each use case asks for its scope itself, since it takes the object in question. */
export function createMachineCommands(env: CommandEnvironment, guarded: Guard): MachineCommands {
  const byUid = { target: ({ uid }: { uid: string }) => [uid] };
  return {
    createAgent: guarded({ name: 'create-agent' }, createCreateAgent(env)),
    changeAgent: guarded({ name: 'change-agent', ...byUid }, createChangeAgent(env)),
    removeAgent: guarded({ name: 'remove-agent', ...byUid }, createRemoveAgent(env)),
    issueApiKey: guarded({ name: 'issue-api-key' }, createIssueApiKey(env)),
    revokeApiKey: guarded({ name: 'revoke-api-key', ...byUid }, createRevokeApiKey(env)),
  };
}
