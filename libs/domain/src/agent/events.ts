import { z } from 'zod';
import { defineEvent, type EventOf } from '../event-registry.ts';
import { uuid } from '../fields.ts';
import { principal } from '../principal.ts';

/** Hex SHA-256 of a public key's SubjectPublicKeyInfo in DER: what agents write as `kid`. */
export const agentKeyId = z.string().regex(/^[0-9a-f]{64}$/);
const generation = z.number().int().positive();
const scopes = z.array(z.string());

/** `verifyKey`: SubjectPublicKeyInfo in PEM of the Ed25519 key with which the agent signs. */
export const agentCreated = defineEvent(
  'agent.created',
  z.object({
    name: z.string(),
    description: z.string(),
    scopes,
    workspaceId: uuid.nullable(),
    createdBy: principal,
    verifyKey: z.string(),
    keyId: agentKeyId,
    generation,
  }),
);

/** Whole state of what people set. The generation is a new one where a scope was taken away. */
export const agentChanged = defineEvent(
  'agent.changed',
  z.object({ name: z.string(), description: z.string(), scopes, generation }),
);

/** What was signed with the key before counts no more, nor do the tokens that were got for it. */
export const agentKeyReplaced = defineEvent(
  'agent.key-replaced',
  z.object({ verifyKey: z.string(), keyId: agentKeyId, generation }),
);

export const agentDeactivated = defineEvent('agent.deactivated', z.object({ generation }));
export const agentReactivated = defineEvent('agent.reactivated', z.object({}));
/** For ever. */
export const agentRemoved = defineEvent('agent.removed', z.object({ generation }));

export const agentEvents = [
  agentCreated,
  agentChanged,
  agentKeyReplaced,
  agentDeactivated,
  agentReactivated,
  agentRemoved,
] as const;
export type AgentEvent = EventOf<(typeof agentEvents)[number]>;

/** On the stream that a public key names: whose it is, so that a `kid` leads to one agent. */
export const agentKeyClaimed = defineEvent('agentkey.claimed', z.object({ agentId: uuid }));
export type AgentKeyEvent = EventOf<typeof agentKeyClaimed>;
