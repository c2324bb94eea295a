import { initialRole, initialWorkspace, type RoleState, streams, type WorkspaceState } from '@evident/domain';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Attributes, type Granted, grantsOf, type Holder, handOn, permit, reachOf } from './index.ts';

const runs = Number(process.env.PROPERTY_RUNS ?? 300);
const workspaceIds = ['w1', 'w2'] as const;
const roleIds = ['r1', 'r2', 'r3'] as const;

const filter = fc.constantFrom('', '', '?workspace_id=w1', '?workspace_id=w*', '?uid=u1', '?workspace_id=w2&uid=u1');
const scope = fc
  .tuple(fc.constantFrom('read', 'update', 'manage', '*', 'publish'), fc.constantFrom('user', 'role', '*'), filter)
  .map(([verb, resource, query]) => `${verb}:sso/${resource}${query}`);
const scopes = fc.array(scope, { maxLength: 3 });
const role = fc.record({
  scopes,
  isActive: fc.boolean(),
  workspaceId: fc.constantFrom(null, null, ...workspaceIds),
});
const world = fc.record({
  roles: fc.tuple(role, role, role),
  live: fc.tuple(fc.boolean(), fc.boolean()),
  granted: fc.record({
    scopes,
    roleIds: fc.uniqueArray(fc.constantFrom(...roleIds)),
    workspaces: fc.array(
      fc.tuple(fc.constantFrom<string>(...workspaceIds), fc.uniqueArray(fc.constantFrom<string>(...roleIds))),
      { maxLength: 2 },
    ),
  }),
});
type World = typeof world extends fc.Arbitrary<infer Value> ? Value : never;
const request = fc.record({
  scope: fc
    .tuple(fc.constantFrom('read', 'update', 'delete'), fc.constantFrom('user', 'role'))
    .map(([verb, resource]) => `${verb}:sso/${resource}`),
  attributes: fc.dictionary(fc.constantFrom('workspace_id', 'uid'), fc.constantFrom('w1', 'w2', 'u1')),
});

async function holderIn({ roles, live, granted }: World): Promise<Holder> {
  const states = new Map<string, RoleState | WorkspaceState>([
    ...roles.map((one, place) => {
      const state: RoleState = { ...initialRole, defined: true, slug: `role-${place}`, ...one };
      return [streams.role('main', roleIds[place] ?? ''), state] as const;
    }),
    ...live.map((isActive, place) => {
      const state: WorkspaceState = { ...initialWorkspace, created: true, isActive };
      return [streams.workspace('main', workspaceIds[place] ?? ''), state] as const;
    }),
  ]);
  const load = async (stream: string) => ({ state: states.get(stream), revision: 0, position: undefined });
  const user: Granted = { isAdmin: false, ...granted, workspaces: new Map(granted.workspaces) };
  const held = await grantsOf({ role: { load }, workspace: { load } } as never, 'main', user);
  return { tenant: 'main', scopes: held.scopes };
}

/** All that can be taken away from somebody, one thing at a time. */
function lesser({ roles, live, granted }: World): World[] {
  const [first, second, third] = roles;
  const without = <Item>(items: readonly Item[]) => items.map((_, place) => items.toSpliced(place, 1));
  const poorer = (one: World['roles'][0]) => [
    { ...one, isActive: false },
    ...without(one.scopes).map((fewer) => ({ ...one, scopes: fewer })),
  ];
  return [
    ...poorer(first).map((one) => ({ roles: [one, second, third] as World['roles'], live, granted })),
    ...poorer(second).map((one) => ({ roles: [first, one, third] as World['roles'], live, granted })),
    { roles, live: [false, live[1]], granted },
    ...without(granted.scopes).map((fewer) => ({ roles, live, granted: { ...granted, scopes: fewer } })),
    ...without(granted.roleIds).map((fewer) => ({ roles, live, granted: { ...granted, roleIds: fewer } })),
    ...without(granted.workspaces).map((fewer) => ({ roles, live, granted: { ...granted, workspaces: fewer } })),
  ];
}

describe('live scopes', () => {
  test('taking a scope, a role, a membership or a workspace away never grants anything', async () => {
    // A workspace named twice has the roles of its last naming, so each is named once.
    const once = world.filter(
      ({ granted }) => new Set(granted.workspaces.map(([id]) => id)).size === granted.workspaces.length,
    );
    await fc.assert(
      fc.asyncProperty(once, fc.array(request, { minLength: 3, maxLength: 8 }), async (before, requests) => {
        const had = await holderIn(before);
        for (const after of lesser(before)) {
          const has = await holderIn(after);
          for (const { scope: asked, attributes } of requests) {
            const allowed = permit(has, asked, attributes) === undefined;
            if (allowed) expect(permit(had, asked, attributes), JSON.stringify({ before, after })).toBeUndefined();
          }
          expect(handOn(had, has.scopes), JSON.stringify({ before, after })).toBeUndefined();
        }
      }),
      { numRuns: runs },
    );
  });

  test('a role in a workspace reaches nothing outside it, whatever its scopes say', async () => {
    await fc.assert(
      fc.asyncProperty(world, request, async ({ roles, live, granted }, { scope: asked, attributes }) => {
        const inWorkspaces = { ...granted, scopes: [], roleIds: [] };
        const holder = await holderIn({ roles, live, granted: inWorkspaces });
        const elsewhere: Attributes = { ...attributes, workspace_id: 'w3' };
        expect(permit(holder, asked, elsewhere)).toBeDefined();
        expect(permit(holder, asked)).toBeDefined();
      }),
      { numRuns: runs },
    );
  });

  test('a list shows what would be permitted one by one, of a key what both it and its holder may see', () => {
    const holder = fc.record({ scopes, bounds: fc.option(scopes, { nil: undefined }) });
    fc.assert(
      fc.property(holder, request, ({ scopes: held, bounds }, { scope: asked, attributes }) => {
        const caller: Holder = { tenant: 'main', scopes: held, ...(bounds === undefined ? {} : { bounds }) };
        const reach = reachOf(caller, asked);
        const shown = reach.ok && reach.shows(attributes);
        expect(shown).toBe(permit(caller, asked, attributes) === undefined);
        if (reach.ok && reach.all) expect(permit(caller, asked)).toBeUndefined();
      }),
      { numRuns: runs * 3 },
    );
  });
});
