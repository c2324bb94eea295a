import { createIdentityProjection } from '@evident/identity-projection';
import { createMetrics, HealthChecks } from '@evident/runtime';
import {
  type AddedPerson,
  createAccessTokens,
  openTemporaryLog,
  PeopleOnLog,
  requestContext,
  silentLogger,
} from '@evident/testing';
import { InProcessTransport } from '@evident/transport/in-process';
import type { Resource } from '../program.ts';

const together = 100;

export interface QueriedPeople {
  readonly queries: Awaited<ReturnType<typeof createIdentityProjection>>['queries'];
  readonly people: readonly AddedPerson[];
  readonly app: Awaited<ReturnType<PeopleOnLog['addApp']>>;
  /** Of an administrator. */
  readonly credential: string;
  /** Events a second at which the views caught up. */
  readonly caughtUpPerSecond: number;
}

/** The queries of identity-projection in this process, on embedded stores with as many users as `--set users=` says. */
export const queriedPeople: Resource<QueriedPeople> = async ({ option }) => {
  const users = option('users', 10_000);
  const temporary = await openTemporaryLog();
  const onLog = new PeopleOnLog(temporary.log);
  const tokens = await createAccessTokens(temporary.log, temporary.config);
  const administrator = await onLog.addUser({ username: 'admin', email: 'admin@localhost', isAdmin: true });
  const credential = await tokens.issue(administrator.uid);
  const app = await onLog.addApp();
  const people: AddedPerson[] = [];
  const assign = { type: 'assign-app', appId: app.uid, appNumber: app.number } as const;
  let assigned = '';
  while (people.length < users) {
    const some = await Promise.all(Array.from({ length: together }, () => onLog.addUser()));
    people.push(...some);
    assigned = (await Promise.all(some.map(({ uid }) => onLog.changeUser(uid, assign)))).toSorted().at(-1) ?? '';
  }
  const broadcast = new InProcessTransport();
  const parts = { broadcast, logger: silentLogger, metrics: createMetrics('bench'), health: new HealthChecks() };
  const projection = await createIdentityProjection({ ...temporary, ...parts });
  const began = performance.now();
  projection.start();
  const status = () => projection.queries.getStatus({}, untilLive(assigned));
  for (let told = await status(); !told.ok; told = await status());
  const seconds = (performance.now() - began) / 1_000;
  const caughtUpPerSecond = Number(assigned.split('~')[1]) / seconds;
  return {
    value: { queries: projection.queries, people, app, credential, caughtUpPerSecond },
    async close() {
      await projection.close();
      await temporary.remove();
    },
  };
};

function untilLive(minPosition: string) {
  return requestContext({ minPosition, deadline: Date.now() + 6_000 });
}
