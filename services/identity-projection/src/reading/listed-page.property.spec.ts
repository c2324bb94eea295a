import { type Holder, permit, reachOf, roleAttributes } from '@evident/caller';
import { AccessOnLog } from '@evident/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { RoleRow } from '../projections/roles.projection.ts';
import { type RunningProjection, runProjection } from '../running-projection.fixture.ts';

const runs = Number(process.env.PROPERTY_RUNS ?? 40);
const count = 30;

let running: RunningProjection;
let workspaces: string[] = [];
let roles: string[] = [];
let owners: string[] = [];
let rows: readonly { readonly uid: string; readonly row: RoleRow }[] = [];

beforeAll(async () => {
  running = await runProjection();
  const access = new AccessOnLog(running.temporary.log);
  workspaces = [(await access.addWorkspace()).uid, (await access.addWorkspace()).uid];
  owners = [(await running.people.addUser()).uid, (await running.people.addUser()).uid];
  for (let made = 0; made < count; made++) {
    const workspaceId = [null, ...workspaces][made % 3] ?? null;
    const ownerId = [null, ...owners][(made >> 1) % 3] ?? null;
    roles.push((await access.addRole({ workspaceId, ownerId, isActive: made % 4 !== 0 })).uid);
  }
  const position = await running.temporary.log.store.lastPosition();
  const all = await running.queries.listRoles({ skip: 0, limit: count }, running.asAdministrator(position));
  if (!all.ok) throw new Error(all.error.code);
  rows = all.value.roles.map(({ uid, ...row }) => ({ uid, row }));
  roles = rows.map(({ uid }) => uid);
});
afterAll(() => running.end());

it('shows in the same order and number what would be permitted one by one, whatever filters the scopes have', async () => {
  const pick = (values: () => readonly string[]) => fc.nat().map((at) => values()[at % values().length] ?? '');
  const filter = fc.oneof(
    pick(() => roles).map((uid) => `uid=${uid}`),
    pick(() => roles).map((uid) => `uid=${uid.slice(0, 2)}*`),
    pick(() => workspaces).map((uid) => `workspace_id=${uid}`),
    pick(() => owners).map((uid) => `owner_id=${uid}`),
    fc.constantFrom('tenant_id=main', 'tenant_id=other', 'workspace_id=*', 'owner_id=nobody'),
  );
  const scope = fc
    .tuple(fc.constantFrom('read:sso/role', 'manage:*', 'update:sso/user'), fc.array(filter, { maxLength: 2 }))
    .map(([head, filters]) => (filters.length === 0 ? `${head}?owner_id=nobody` : `${head}?${filters.join('&')}`));
  const made = fc.nat({ max: count - 1 }).map((at) => rows[at]?.row.createdAt ?? 0);
  const request = fc.record({
    scopes: fc.array(scope, { maxLength: 3 }),
    isActive: fc.option(fc.boolean(), { nil: undefined }),
    createdFrom: fc.option(made, { nil: undefined }),
    createdTo: fc.option(made, { nil: undefined }),
    order: fc.constantFrom(undefined, 'asc', 'desc'),
    skip: fc.nat(8),
    limit: fc.integer({ min: 1, max: 8 }),
  });
  const access = new AccessOnLog(running.temporary.log);
  const { uid } = await running.people.addUser();
  const credential = await running.tokens.issue(uid);
  await fc.assert(
    fc.asyncProperty(request, async ({ scopes, isActive, skip, limit, ...creation }) => {
      await access.grant(uid, { scopes }).catch(() => undefined);
      const holder: Holder = { tenant: 'main', scopes };
      const permitted = rows.filter(
        ({ uid: one, row }) => permit(holder, 'read:sso/role', roleAttributes(one, row)) === undefined,
      );
      const { createdFrom = 0, createdTo = Infinity, order } = creation;
      const wanted = permitted.filter(
        ({ row: { isActive: itIs, createdAt } }) =>
          (isActive === undefined || itIs === isActive) && createdFrom <= createdAt && createdAt <= createdTo,
      );
      if (order === 'desc') wanted.reverse();
      const asked = { skip, limit, isActive, ...creation };
      const reply = await running.queries.listRoles(asked, { ...running.asAdministrator(), credential });
      if (!reachOf(holder, 'read:sso/role').ok) {
        expect(reply).toMatchObject({ error: { code: 'caller.not-permitted' } });
        return;
      }
      if (!reply.ok) throw new Error(reply.error.code);
      const shown = reply.value.roles.map((role) => role.uid);
      expect([shown, reply.value.total]).toEqual([
        wanted.slice(skip, skip + limit).map(({ uid: one }) => one),
        wanted.length,
      ]);
    }),
    { numRuns: runs },
  );
});
