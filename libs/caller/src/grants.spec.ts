import { initialRole, initialWorkspace, type RoleState, streams, type WorkspaceState } from '@evident/domain';
import { describe, expect, it } from 'vitest';
import { type Granted, type Grants, grantsOf } from './index.ts';

const role = (slug: string, more: Partial<RoleState> = {}): RoleState => ({
  ...initialRole,
  defined: true,
  isActive: true,
  slug,
  scopes: [`read:${slug}`],
  ...more,
});
const workspace = (more: Partial<WorkspaceState> = {}): WorkspaceState => ({
  ...initialWorkspace,
  created: true,
  isActive: true,
  ...more,
});

/** Ends of streams as they stand, and how often they were asked for. */
function standing(roles: Record<string, RoleState>, workspaces: Record<string, WorkspaceState> = {}) {
  const asked: string[] = [];
  const states = new Map<string, RoleState | WorkspaceState>([
    ...Object.entries(roles).map(([id, state]) => [streams.role('main', id), state] as const),
    ...Object.entries(workspaces).map(([id, state]) => [streams.workspace('main', id), state] as const),
  ]);
  const load = async (stream: string) => {
    asked.push(stream);
    return { state: states.get(stream), revision: 0, position: undefined };
  };
  const grants = (granted: Granted): Promise<Grants> =>
    grantsOf({ role: { load }, workspace: { load } } as unknown as Parameters<typeof grantsOf>[0], 'main', granted);
  return { asked, states, grants };
}

const person: Granted = { isAdmin: false };

describe('the grants of a user', () => {
  it('are what was assigned and what active roles give, each scope once', async () => {
    const { grants } = standing({ a: role('editor'), b: role('reader', { scopes: ['read:x', 'read:editor'] }) });
    expect(await grants({ ...person, scopes: ['read:x'], roleIds: ['a', 'b'] })).toEqual({
      isAdmin: false,
      isOwner: false,
      roles: ['editor', 'reader'],
      scopes: ['read:x', 'read:editor'],
      workspaceIds: [],
      workspaceRoles: {},
      names: [],
    });
  });

  it('tell which roles are names: without scopes, or of a workspace and given beside those of the tenant', async () => {
    const roles = { a: role('a', { scopes: [] }), b: role('b', { workspaceId: 'w1' }), c: role('c') };
    const { grants } = standing(
      { ...roles, off: role('off', { scopes: [], isActive: false }) },
      { w1: workspace(), gone: workspace({ isActive: false }) },
    );
    const workspaces = new Map([
      ['w1', ['a', 'b', 'c']],
      ['gone', ['a']],
    ]);
    const { names } = await grants({ ...person, roleIds: ['a', 'b', 'c', 'off'], workspaces });
    expect(names).toEqual([
      { roleId: 'a', workspaceId: null },
      { roleId: 'b', workspaceId: null },
      { roleId: 'a', workspaceId: 'w1' },
    ]);
  });

  it.each([
    ['is not active', role('editor', { isActive: false })],
    ['was retired', role('editor', { isActive: false, retired: true })],
    ['was never defined', initialRole],
  ])('hold nothing of a role that %s', async (_rule, state) => {
    const { grants } = standing({ a: state });
    expect(await grants({ ...person, roleIds: ['a'] })).toMatchObject({ roles: [], scopes: [] });
  });

  it('are everything for administrators and the owner, whatever else they hold', async () => {
    const { grants } = standing({ a: role('editor') });
    const all = { scopes: ['*:*'], roles: ['editor'] };
    expect(await grants({ isAdmin: true, roleIds: ['a'] })).toMatchObject(all);
    expect(await grants({ isAdmin: false, isOwner: true, roleIds: ['a'] })).toMatchObject(all);
  });

  it('are narrowed to the workspace where they come of a role in it', async () => {
    const { grants } = standing({ a: role('editor') }, { w1: workspace(), w2: workspace() });
    const held = await grants({
      ...person,
      workspaces: new Map([
        ['w1', ['a']],
        ['w2', []],
      ]),
    });
    expect(held.scopes).toEqual(['read:editor?workspace_id=w1']);
    expect(held.workspaceIds).toEqual(['w1', 'w2']);
    expect(held.workspaceRoles).toEqual({ w1: ['editor'], w2: [] });
    expect(held.roles).toEqual([]);
  });

  it.each([
    ['is not active', workspace({ isActive: false })],
    ['was removed', workspace({ isActive: false, removed: true })],
    ['was never created', initialWorkspace],
  ])('hold nothing in a workspace that %s', async (_rule, state) => {
    const { grants } = standing({ a: role('editor') }, { w1: state });
    const held = await grants({ ...person, workspaces: new Map([['w1', ['a']]]) });
    expect(held).toMatchObject({ scopes: [], workspaceIds: [], workspaceRoles: {} });
  });

  it('hold a role of a workspace in that workspace only', async () => {
    const { grants } = standing({ a: role('editor', { workspaceId: 'w1' }) }, { w1: workspace(), w2: workspace() });
    const elsewhere = await grants({
      ...person,
      workspaces: new Map([
        ['w1', []],
        ['w2', ['a']],
      ]),
    });
    expect(elsewhere).toMatchObject({ scopes: [], workspaceRoles: { w1: [], w2: [] } });
    const member = await grants({ ...person, roleIds: ['a'], workspaces: new Map([['w1', []]]) });
    expect(member.scopes).toEqual(['read:editor?workspace_id=w1']);
    expect((await grants({ ...person, roleIds: ['a'] })).scopes).toEqual([]);
  });

  it('are the same object until something changes', async () => {
    const { grants, states } = standing({ a: role('editor') });
    const granted: Granted = { ...person, roleIds: ['a'] };
    const before = await grants(granted);
    expect(await grants(granted)).toBe(before);
    states.set(streams.role('main', 'a'), role('writer'));
    expect((await grants(granted)).roles).toEqual(['writer']);
  });

  it('take one look at each role and workspace, however often it is held', async () => {
    const { grants, asked } = standing({ a: role('editor') }, { w1: workspace(), w2: workspace() });
    await grants({
      ...person,
      roleIds: ['a'],
      workspaces: new Map([
        ['w1', ['a']],
        ['w2', ['a']],
      ]),
    });
    expect(asked.toSorted()).toEqual(['role-main.a', 'workspace-main.w1', 'workspace-main.w2']);
    await standing({}).grants({ ...person, scopes: ['read:x'] });
  });
});
