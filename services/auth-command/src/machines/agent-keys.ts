import type { ReplyError } from '@evident/contracts';
import { deriveAgentKey } from '@evident/crypto';
import { agentKeyDecider, isLivingAgent, streams } from '@evident/domain';
import type { Command } from '../command.ts';
import type { CommandEnvironment } from '../command-environment.ts';
import { decideOnStream } from '../decide-on-stream.ts';
import { deriveSecret, deriveSecretAgain } from '../derived-secrets.ts';

/** The pair that a command makes where no public key was given. */
export function pairToGive({ keys }: Pick<CommandEnvironment, 'keys'>, commandId: string) {
  return deriveSecret(keys.agentKeys, (by) => deriveAgentKey(by, commandId));
}

/** The private key that a command made with this public one; null where the public key was given. */
export function privateKeyShown(
  { keys }: Pick<CommandEnvironment, 'keys'>,
  commandId: string,
  keyId: string,
): string | null {
  const made = deriveSecretAgain(
    keys.agentKeys,
    (by) => deriveAgentKey(by, commandId),
    (pair) => pair.keyId === keyId,
  );
  return made?.privateKey ?? null;
}

/**
 * Makes the public key lead to this agent, before the agent itself says that it has it. Undefined where it does;
 * `agent.key-taken` where another agent has it that is there.
 */
export async function claimAgentKey(
  env: CommandEnvironment,
  { keyId, agentId }: { readonly keyId: string; readonly agentId: string },
  command: Command,
): Promise<ReplyError | undefined> {
  const { states, tenant } = env.log;
  const stream = streams.agentKey(tenant, keyId);
  const holder = (await states.agentKey.load(stream)).state.agentId;
  const held = holder === undefined ? undefined : (await states.agent.load(streams.agent(tenant, holder))).state;
  const isTaken = held !== undefined && isLivingAgent(held) && held.keyId === keyId;
  const decision = {
    type: 'claim-agent-key',
    agentId,
    ...(holder === undefined || isTaken ? {} : { superseding: holder }),
  } as const;
  const decided = await decideOnStream(env, { decider: agentKeyDecider, stream, step: 'claim', decision }, command);
  return decided.ok ? undefined : decided.error;
}
