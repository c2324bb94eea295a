import type { RequestContext, WorkspaceObject } from '@evident/contracts';
import { streams } from '@evident/domain';
import { requestContext } from '@evident/testing';
import { afterAll, beforeAll } from 'vitest';
import { type Fixture, openFixture, valueIn } from './fixture.ts';

export type NewWorkspace = Parameters<Fixture['service']['createWorkspace']>[0];

/** The refusal of who lacks a scope. */
export const missing = (scope: string) => ({
  ok: false,
  error: { code: 'caller.not-permitted', details: { missing: scope } },
});

/** Another request of the same caller. */
export const again = ({ credential }: RequestContext) => requestContext({ credential });

/** A service for the whole file, with workspaces to make there. */
export function openWorkspaces() {
  let fixture: Fixture;
  let serial = 0;
  beforeAll(async () => {
    fixture = await openFixture();
  });
  afterAll(() => fixture.remove());

  const unique = () => `Team Nr ${++serial}`;
  const create = (request: Partial<NewWorkspace> = {}) =>
    fixture.service.createWorkspace({ name: unique(), ...request }, fixture.asAdmin());
  const created = async (request: Partial<NewWorkspace> = {}): Promise<WorkspaceObject> =>
    valueIn(await create(request));
  const workspacesOf = async (userId: string) =>
    (await fixture.temporary.log.states.user.load(streams.user('main', userId))).state.workspaces;

  return {
    get fixture() {
      return fixture;
    },
    ...{ unique, create, created, workspacesOf },
  };
}
