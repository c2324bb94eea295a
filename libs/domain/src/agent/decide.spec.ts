import { given } from '@evident/testing';
import { describe, expect, test } from 'vitest';
import { reject } from '../decider.ts';
import type { CreateAgent } from './commands.ts';
import { agentDecider, agentKeyDecider } from './decide.ts';
import type { AgentEvent } from './events.ts';
import { evolveAgentProfile } from './profile.ts';

const uuid = (number: number) => `00000000-0000-4000-8000-00000000000${number}`;
const key = (letter: string) => ({ verifyKey: `PEM ${letter}`, keyId: letter.repeat(64) });
const create: CreateAgent = {
  type: 'create-agent',
  name: 'Export',
  description: '',
  scopes: ['read:sso/user', 'read:sso/role'],
  workspaceId: null,
  createdBy: { kind: 'user', id: uuid(1) },
  key: key('a'),
};
const created: AgentEvent = {
  type: 'agent.created',
  data: {
    name: 'Export',
    description: '',
    scopes: ['read:sso/user', 'read:sso/role'],
    workspaceId: null,
    createdBy: { kind: 'user', id: uuid(1) },
    ...key('a'),
    generation: 1,
  },
};
const changed = (scopes: string[], generation: number): AgentEvent => ({
  type: 'agent.changed',
  data: { name: 'Export', description: '', scopes, generation },
});

describe('an agent', () => {
  test('is created once', () => {
    given(agentDecider, []).when(create).then([created]);
    given(agentDecider, [created]).when(create).then(reject('agent.already-created'));
  });

  test('whose scope is taken away starts a new generation; one that is added does not', () => {
    const [user, role] = create.scopes as [string, string];
    given(agentDecider, [created])
      .when({ type: 'change-agent', scopes: [user, role, 'read:sso/app'] })
      .then([changed([user, role, 'read:sso/app'], 1)]);
    given(agentDecider, [created])
      .when({ type: 'change-agent', scopes: [user] })
      .then([changed([user], 2)]);
    given(agentDecider, [created])
      .when({ type: 'change-agent', scopes: [user, 'read:sso/app'] })
      .then([changed([user, 'read:sso/app'], 2)]);
  });

  test('is changed only where something is different', () => {
    given(agentDecider, [created])
      .when({ type: 'change-agent', name: 'Export', scopes: create.scopes, isActive: true, key: key('a') })
      .then([]);
    const change = { name: 'Import', description: 'By night' };
    for (const part of [{ name: change.name }, { description: change.description }]) {
      given(agentDecider, [created])
        .when({ type: 'change-agent', ...part })
        .then([
          {
            type: 'agent.changed',
            data: { name: 'Export', description: '', scopes: [...create.scopes], generation: 1, ...part },
          },
        ]);
    }
  });

  test('starts a new generation for each of a new key and being switched off', () => {
    given(agentDecider, [created])
      .when({ type: 'change-agent', key: key('b'), isActive: false })
      .then([
        { type: 'agent.key-replaced', data: { ...key('b'), generation: 2 } },
        { type: 'agent.deactivated', data: { generation: 3 } },
      ]);
    given(agentDecider, [created])
      .when({ type: 'change-agent', isActive: false }, { type: 'change-agent', isActive: true })
      .then([{ type: 'agent.reactivated', data: {} }]);
  });

  test('is removed for ever', () => {
    given(agentDecider, [created])
      .when({ type: 'remove-agent' })
      .then([{ type: 'agent.removed', data: { generation: 2 } }]);
    given(agentDecider, [created])
      .when({ type: 'remove-agent' }, { type: 'change-agent', isActive: true })
      .then(reject('agent.unknown'));
    given(agentDecider, []).when({ type: 'remove-agent' }).then(reject('agent.unknown'));
  });

  test('has a profile between its creation and its removal, without its generation', () => {
    const profileOf = (...events: AgentEvent[]) =>
      events.reduce<ReturnType<typeof evolveAgentProfile>>(
        (profile, event, at) => evolveAgentProfile(profile, event, at),
        undefined,
      );
    const { generation: _, ...members } = created.data as Extract<AgentEvent, { type: 'agent.created' }>['data'];
    expect(profileOf(created)).toEqual({ ...members, isActive: true, createdAt: 0, updatedAt: 0 });
    expect(profileOf(created, { type: 'agent.deactivated', data: { generation: 2 } })).toEqual({
      ...members,
      isActive: false,
      createdAt: 0,
      updatedAt: 1,
    });
    const all: AgentEvent[] = [
      { type: 'agent.changed', data: { name: 'Import', description: 'By night', scopes: ['read:x'], generation: 2 } },
      { type: 'agent.key-replaced', data: { ...key('b'), generation: 3 } },
      { type: 'agent.deactivated', data: { generation: 4 } },
      { type: 'agent.reactivated', data: {} },
    ];
    const shown = { ...members, name: 'Import', description: 'By night', scopes: ['read:x'], createdAt: 0 };
    expect(profileOf(created, ...all.slice(0, 1))).toEqual({ ...shown, isActive: true, updatedAt: 1 });
    expect(profileOf(created, ...all.slice(0, 2))).toEqual({ ...shown, ...key('b'), isActive: true, updatedAt: 2 });
    expect(profileOf(created, ...all)).toEqual({ ...shown, ...key('b'), isActive: true, updatedAt: 4 });
    expect(profileOf(created, { type: 'agent.removed', data: { generation: 2 } })).toBeUndefined();
    expect(profileOf({ type: 'agent.reactivated', data: {} })).toBeUndefined();
  });
});

describe('the key of an agent', () => {
  const claim = (agentId: string, superseding?: string) =>
    ({ type: 'claim-agent-key', agentId, ...(superseding === undefined ? {} : { superseding }) }) as const;
  const claimed = (agentId: string) => ({ type: 'agentkey.claimed', data: { agentId } }) as const;

  test('is one agent’s; another gets it only in place of the one that is seen not to have it', () => {
    given(agentKeyDecider, [])
      .when(claim(uuid(1)))
      .then([claimed(uuid(1))]);
    given(agentKeyDecider, [])
      .when(claim(uuid(1)), claim(uuid(1)))
      .then([]);
    given(agentKeyDecider, [claimed(uuid(1))])
      .when(claim(uuid(2)))
      .then(reject('agent.key-taken'));
    given(agentKeyDecider, [claimed(uuid(1))])
      .when(claim(uuid(2), uuid(3)))
      .then(reject('agent.key-taken'));
    given(agentKeyDecider, [claimed(uuid(1))])
      .when(claim(uuid(2), uuid(1)))
      .then([claimed(uuid(2))]);
  });
});
