import { describe, expect, it } from 'vitest';
import { countAbandoned } from '../claim-state.ts';
import { fold } from '../decider.ts';
import type { CreateWorkspace, WorkspaceCommand } from './commands.ts';
import { workspaceDecider } from './decide.ts';
import type { WorkspaceEvent } from './events.ts';
import { evolveWorkspaceProfile } from './profile.ts';

const claimId = '0198a1b2-c3d4-7000-8000-000000000001';
const details = { name: 'Team', description: '', logoUrl: null, settings: { a: 1, b: [2] }, isActive: true };
const claim = { slug: 'team', lookup: 'k1.slug', claimId, ownerId: null };
const create: CreateWorkspace = { type: 'create-workspace', ...details, ...claim };
const created: WorkspaceEvent = { type: 'workspace.created', data: { ...details, ...claim } };
const removed: WorkspaceEvent = { type: 'workspace.removed', data: { claimId } };

const after = (...events: WorkspaceEvent[]) => fold(workspaceDecider, workspaceDecider.initial, events);
const decide = (command: WorkspaceCommand, ...events: WorkspaceEvent[]) =>
  workspaceDecider.decide(command, after(...events));
const events = (...expected: WorkspaceEvent[]) => ({ accepted: true, events: expected });
const rejected = (code: string) => ({ accepted: false, code });

describe('a workspace', () => {
  it('is created once, by completing the claim on its slug, and not by one that was given up', () => {
    const abandoned: WorkspaceEvent = { type: 'workspace.claim-abandoned', data: { claimId } };
    expect(decide(create)).toEqual(events(created));
    expect(decide(create, created)).toEqual(rejected('workspace.already-created'));
    expect(decide(create, abandoned)).toEqual(rejected('workspace.claim-lost'));
    expect(decide({ type: 'abandon-claim', kind: 'workspace-slug', claimId }, created)).toEqual(
      rejected('workspace.claim-complete'),
    );
  });

  it('gives up a claim once, and remembers each for ever', () => {
    const abandoned: WorkspaceEvent = { type: 'workspace.claim-abandoned', data: { claimId } };
    const abandon: WorkspaceCommand = { type: 'abandon-claim', kind: 'workspace-slug', claimId };
    expect(decide(abandon)).toEqual(events(abandoned));
    expect(decide(abandon, abandoned)).toEqual(events());
    const others = ['2', '3'].map((digit) => claimId.replace(/1$/, digit));
    const { claims } = after(
      ...others.map((other): WorkspaceEvent => ({ type: 'workspace.claim-abandoned', data: { claimId: other } })),
      created,
      removed,
    );
    expect([...claims.values()]).toEqual(['abandoned', 'abandoned', 'ended']);
    expect(countAbandoned(claims)).toBe(2);
  });

  it('is changed by what is given, told whole; the order of settings is no change', () => {
    const changed: WorkspaceEvent = { type: 'workspace.changed', data: { ...details, settings: {}, isActive: false } };
    const change: WorkspaceCommand = { type: 'change-workspace', settings: {}, isActive: false };
    expect(decide(change, created)).toEqual(events(changed));
    expect(decide(change, created, changed)).toEqual(events());
    expect(decide({ type: 'change-workspace', settings: { b: [2], a: 1 } }, created)).toEqual(events());
  });

  it('is removed for ever, with the claim on its slug', () => {
    expect(decide({ type: 'remove-workspace' }, created)).toEqual(events(removed));
    for (const command of [{ type: 'remove-workspace' }, { type: 'change-workspace' }] as const) {
      expect(decide(command, created, removed)).toEqual(rejected('workspace.unknown'));
      expect(decide(command)).toEqual(rejected('workspace.unknown'));
    }
    expect(after(created, removed)).toMatchObject({ isActive: false, claims: new Map([[claimId, 'ended']]) });
  });

  it('is shown from its creation to its removal, without its claim', () => {
    const { lookup: _lookup, claimId: _claimId, ...shown } = { ...details, ...claim };
    const changed: WorkspaceEvent = { type: 'workspace.changed', data: { ...details, settings: {}, isActive: false } };
    const first = evolveWorkspaceProfile(undefined, created, 1);
    expect(first).toEqual({ ...shown, createdAt: 1, updatedAt: 1 });
    expect(evolveWorkspaceProfile(first, changed, 2)).toEqual({
      ...{ ...shown, settings: {}, isActive: false },
      ...{ createdAt: 1, updatedAt: 2 },
    });
    expect(evolveWorkspaceProfile(first, { type: 'workspace.claim-abandoned', data: { claimId } }, 2)).toEqual(first);
    expect(evolveWorkspaceProfile(first, removed, 2)).toBeUndefined();
    expect(evolveWorkspaceProfile(undefined, changed, 2)).toBeUndefined();
  });
});
