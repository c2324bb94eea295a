import { describe, expect, it } from 'vitest';
import { fold } from '../decider.ts';
import type { DefineRole, RoleCommand } from './commands.ts';
import { roleDecider } from './decide.ts';
import type { RoleEvent } from './events.ts';
import { evolveRoleProfile } from './profile.ts';

const [claimId, other] = ['0198a1b2-c3d4-7000-8000-000000000001', '0198a1b2-c3d4-7000-8000-000000000002'];
const details = { name: 'Editor', description: '', scopes: ['read:a'], isActive: true };
const claim = { slug: 'editor', lookup: 'k1.slug', claimId, workspaceId: null, ownerId: null };
const define: DefineRole = { type: 'define-role', ...details, ...claim };
const defined: RoleEvent = { type: 'role.defined', data: { ...details, ...claim } };
const retired: RoleEvent = { type: 'role.retired', data: { claimId } };

const after = (...events: RoleEvent[]) => fold(roleDecider, roleDecider.initial, events);
const decide = (command: RoleCommand, ...events: RoleEvent[]) => roleDecider.decide(command, after(...events));
const events = (...expected: RoleEvent[]) => ({ accepted: true, events: expected });
const rejected = (code: string) => ({ accepted: false, code });

describe('a role', () => {
  it('is defined once, by completing the claim on its slug', () => {
    expect(decide(define)).toEqual(events(defined));
    expect(decide(define, defined)).toEqual(rejected('role.already-defined'));
  });

  it('is not defined by a claim that was given up', () => {
    const abandoned: RoleEvent = { type: 'role.claim-abandoned', data: { claimId } };
    expect(decide({ type: 'abandon-claim', kind: 'role-slug', claimId })).toEqual(events(abandoned));
    expect(decide(define, abandoned)).toEqual(rejected('role.claim-lost'));
    expect(decide({ ...define, claimId: other }, abandoned)).toMatchObject({ accepted: true });
    expect([
      ...after(abandoned, { ...defined, data: { ...defined.data, claimId: other } } as RoleEvent).claims,
    ]).toEqual([
      [claimId, 'abandoned'],
      [other, 'live'],
    ]);
  });

  it('keeps the claim that it completed: nobody gives it up', () => {
    const abandon = { type: 'abandon-claim', kind: 'role-slug', claimId } as const;
    expect(decide(abandon, defined)).toEqual(rejected('role.claim-complete'));
    expect(decide(abandon, defined, retired)).toEqual(events());
  });

  it('is changed by what is given, told whole, and by nothing where it is so already', () => {
    const changed: RoleEvent = { type: 'role.changed', data: { ...details, scopes: ['read:b'], isActive: false } };
    const change: RoleCommand = { type: 'change-role', scopes: ['read:b'], isActive: false };
    expect(decide(change, defined)).toEqual(events(changed));
    expect(decide(change, defined, changed)).toEqual(events());
    expect(decide({ type: 'change-role', ...details }, defined)).toEqual(events());
  });

  it('is retired for ever, with the claim on its slug', () => {
    expect(decide({ type: 'retire-role' }, defined)).toEqual(events(retired));
    for (const command of [{ type: 'retire-role' }, { type: 'change-role' }] as const) {
      expect(decide(command, defined, retired)).toEqual(rejected('role.unknown'));
      expect(decide(command)).toEqual(rejected('role.unknown'));
    }
    expect(after(defined, retired)).toMatchObject({ isActive: false, claims: new Map([[claimId, 'ended']]) });
  });

  it('is shown from its definition to its retirement, without its claim', () => {
    const { lookup: _lookup, claimId: _claimId, ...shown } = { ...details, ...claim };
    const changed: RoleEvent = { type: 'role.changed', data: { ...details, scopes: ['read:b'], isActive: false } };
    const first = evolveRoleProfile(undefined, defined, 1);
    expect(first).toEqual({ ...shown, createdAt: 1, updatedAt: 1 });
    expect(evolveRoleProfile(first, changed, 2)).toEqual({
      ...{ ...shown, scopes: ['read:b'], isActive: false },
      ...{ createdAt: 1, updatedAt: 2 },
    });
    expect(evolveRoleProfile(first, { type: 'role.claim-abandoned', data: { claimId: other } }, 2)).toEqual(first);
    expect(evolveRoleProfile(first, retired, 2)).toBeUndefined();
    expect(evolveRoleProfile(undefined, changed, 2)).toBeUndefined();
  });
});
