import {
  type AgentEvent,
  type AgentKeyEvent,
  type AgentKeyState,
  type AgentState,
  type AssertionEvent,
  type AssertionState,
  agentDecider,
  agentKeyDecider,
  assertionDecider,
  principalName,
} from '@evident/domain';
import { type Aggregate, asItIs, asSubject, asTime, internal } from './aggregate.ts';

export const agentAggregate: Aggregate<AgentState, AgentEvent> = {
  category: 'agent',
  decider: agentDecider,
  exists: ({ created }) => created,
  shown: {
    created: internal,
    removed: asItIs,
    isActive: asItIs,
    name: asItIs,
    description: asItIs,
    scopes: asItIs,
    workspaceId: asSubject('workspace'),
    createdBy: (principal) => (principal === undefined ? null : principalName(principal)),
    // Public: agents sign with the other half.
    verifyKey: asItIs,
    keyId: asItIs,
    generation: internal,
  },
};

export const agentKeyAggregate: Aggregate<AgentKeyState, AgentKeyEvent> = {
  category: 'agentkey',
  decider: agentKeyDecider,
  exists: ({ agentId }) => agentId !== undefined,
  shown: { agentId: asSubject('service') },
};

export const assertionAggregate: Aggregate<AssertionState, AssertionEvent> = {
  category: 'assertion',
  decider: assertionDecider,
  exists: ({ accepted }) => accepted !== undefined,
  shown: {
    accepted: (accepted) => {
      if (accepted === undefined) return null;
      const { agentId, purpose, audience, scopes, acceptedAt, expiresAt } = accepted;
      const times = { acceptedAt: asTime(acceptedAt), expiresAt: asTime(expiresAt) };
      return { agent: `service:${agentId}`, purpose, audience, scopes, ...times };
    },
  },
};
