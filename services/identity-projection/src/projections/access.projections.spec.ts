import { randomUUID } from 'node:crypto';
import { streams } from '@evident/domain';
import { describe, expect, it } from 'vitest';
import { type Happened, happened, rowsAfter } from './happened.fixture.ts';
import { membersProjection } from './members.projection.ts';
import { openClaimsProjection } from './open-claims.projection.ts';
import { rolesProjection } from './roles.projection.ts';
import { totalsProjection } from './totals.projection.ts';
import { workspacesProjection } from './workspaces.projection.ts';

const [roleUid, workspaceUid, userUid, claimId] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()];
const onRole = (type: string, data = {}, at = 0) => happened(streams.role('main', roleUid), type, data, at);
const onWorkspace = (type: string, data = {}, at = 0) =>
  happened(streams.workspace('main', workspaceUid), type, data, at);
const onUser = (type: string, data = {}, at = 0) => happened(streams.user('main', userUid), type, data, at);

const roleDetails = { name: 'Editor', description: '', scopes: ['read:a'], isActive: true };
const madeRole = { slug: 'editor', workspaceId: null, ownerId: userUid };
const defined = onRole('role.defined', { ...roleDetails, ...madeRole, lookup: 'k1.slug', claimId }, 100);
const retired = onRole('role.retired', { claimId }, 300);
const teamDetails = { name: 'Team', description: '', logoUrl: null, settings: { a: 1 }, isActive: true };
const madeTeam = { slug: 'team', ownerId: null };
const created = onWorkspace('workspace.created', { ...teamDetails, ...madeTeam, lookup: 'k1.slug', claimId }, 100);
const removed = onWorkspace('workspace.removed', { claimId }, 300);
const joined = onUser('user.workspace-joined', { workspaceId: workspaceUid, roleIds: [roleUid] }, 100);
const reroled = onUser('user.workspace-roles-changed', { workspaceId: workspaceUid, roleIds: [] }, 200);
const left = onUser('user.workspace-left', { workspaceId: workspaceUid }, 300);

describe('a row of roles', () => {
  it('has what others see of the role, follows its changes, and is gone with it', () => {
    const row = { ...roleDetails, ...madeRole, createdAt: 100, updatedAt: 100 };
    expect(rowsAfter(rolesProjection, [defined])).toEqual({ [roleUid]: row });
    const details = { name: 'Writer', description: 'Writes.', scopes: [], isActive: false };
    const changed = onRole('role.changed', details, 200);
    expect(rowsAfter(rolesProjection, [defined, changed])).toEqual({
      [roleUid]: { ...row, ...details, updatedAt: 200 },
    });
    expect(rowsAfter(rolesProjection, [defined, changed, retired])).toEqual({});
  });
});

describe('a row of workspaces', () => {
  it('has what others see of the workspace, follows its changes, and is gone with it', () => {
    const row = { ...teamDetails, ...madeTeam, createdAt: 100, updatedAt: 100 };
    expect(rowsAfter(workspacesProjection, [created])).toEqual({ [workspaceUid]: row });
    const details = { ...teamDetails, settings: {}, logoUrl: 'https://a.test/b.png' };
    const changed = onWorkspace('workspace.changed', details, 200);
    expect(rowsAfter(workspacesProjection, [created, changed])).toEqual({
      [workspaceUid]: { ...row, ...details, updatedAt: 200 },
    });
    expect(rowsAfter(workspacesProjection, [created, removed])).toEqual({});
  });
});

describe('an edge of members', () => {
  const edge = { userUid, workspaceUid, roleIds: [roleUid], joinedAt: 100, updatedAt: 100 };
  const key = `${userUid}|${workspaceUid}`;

  it('has the roles of the last word and the time of the first', () => {
    expect(rowsAfter(membersProjection, [joined])).toEqual({ [key]: edge });
    expect(rowsAfter(membersProjection, [joined, reroled])).toEqual({
      [key]: { ...edge, roleIds: [], updatedAt: 200 },
    });
  });

  it('is gone when the user leaves, and begins anew when they come back', () => {
    expect(rowsAfter(membersProjection, [joined, reroled, left])).toEqual({});
    expect(rowsAfter(membersProjection, [joined, left, joined])).toEqual({ [key]: edge });
  });
});

describe('totals', () => {
  it('count roles, workspaces and members, each once', () => {
    const begun: Happened[] = [defined, created, joined, reroled];
    const count = (history: readonly Happened[]) =>
      Object.fromEntries(Object.entries(rowsAfter(totalsProjection, history)).map(([key, { count }]) => [key, count]));
    const members = `members|${workspaceUid}`;
    expect(count(begun)).toEqual({ roles: 1, workspaces: 1, [members]: 1 });
    expect(count([...begun, left, retired, removed])).toEqual({ roles: 0, workspaces: 0, [members]: 0 });
  });
});

describe('an open claim on a slug', () => {
  const claimOf = (kind: 'role-slug' | 'workspace-slug') =>
    happened(streams.reservation('main', kind, 'k1.slug'), 'reservation.claimed', {
      claimId,
      holder: roleUid,
      claimedAt: 5,
    });

  it('names its kind and its slug by hash, until it is complete or given up', () => {
    const open = { claimId, lookup: 'k1.slug', holder: roleUid, claimedAt: 5 };
    for (const [kind, ends] of [
      ['role-slug', [defined, onRole('role.claim-abandoned', { claimId })]],
      ['workspace-slug', [created, onWorkspace('workspace.claim-abandoned', { claimId })]],
    ] as const) {
      expect(rowsAfter(openClaimsProjection, [claimOf(kind)])).toEqual({ [claimId]: { ...open, kind } });
      for (const end of ends) expect(rowsAfter(openClaimsProjection, [claimOf(kind), end])).toEqual({});
    }
  });
});
