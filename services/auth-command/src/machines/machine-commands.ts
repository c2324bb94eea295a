import type { Reply, RequestContext } from '@evident/contracts';
import type { Command } from '../command.ts';
import type { CommandEnvironment } from '../command-environment.ts';
import type { Permission } from '../permitted.ts';
import { createChangeAgent } from './change-agent.ts';
import { createCreateAgent } from './create-agent.ts';
import { createIssueApiKey } from './issue-api-key.ts';
import { createRemoveAgent } from './remove-agent.ts';
import { createRevokeApiKey } from './revoke-api-key.ts';

type Guarded = <Request extends object, Value>(
  permission: Permission<Request>,
  useCase: (request: Request, command: Command) => Promise<Reply<Value>>,
) => (request: Request, context: RequestContext) => Promise<Reply<Value>>;

/** The commands about agents and API keys. Each asks itself whether it may, since that takes the object in question. */
export function createMachineCommands(env: CommandEnvironment, guarded: Guarded) {
  const byUid = { target: ({ uid }: { uid: string }) => [uid] };
  return {
    createAgent: guarded({ name: 'create-agent' }, createCreateAgent(env)),
    changeAgent: guarded({ name: 'change-agent', ...byUid }, createChangeAgent(env)),
    removeAgent: guarded({ name: 'remove-agent', ...byUid }, createRemoveAgent(env)),
    issueApiKey: guarded({ name: 'issue-api-key' }, createIssueApiKey(env)),
    revokeApiKey: guarded({ name: 'revoke-api-key', ...byUid }, createRevokeApiKey(env)),
  };
}
