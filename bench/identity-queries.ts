/**
 * What the queries of identity-projection cost in process, on real embedded stores, and how long after its
 * acknowledgement a write is visible to them. `npm run build && NODE_ENV=production node bench/identity-queries.ts [users]`
 */
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

const users = Number(process.argv[2] ?? 10_000);
const temporary = await openTemporaryLog();
const people = new PeopleOnLog(temporary.log);
const tokens = await createAccessTokens(temporary.log, temporary.config);
const administrator = await people.addUser({ username: 'admin', email: 'admin@localhost', isAdmin: true });
const credential = await tokens.issue(administrator.uid);
const app = await people.addApp();
const everybody: AddedPerson[] = [];
let assigned = '';
for (let from = 0; from < users; from += 100) {
  const some = await Promise.all(Array.from({ length: Math.min(100, users - from) }, () => people.addUser()));
  everybody.push(...some);
  const assign = { type: 'assign-app', appId: app.uid, appNumber: app.number } as const;
  assigned = (await Promise.all(some.map(({ uid }) => people.changeUser(uid, assign)))).sort().at(-1) ?? '';
}

const broadcast = new InProcessTransport();
const parts = { broadcast, logger: silentLogger, metrics: createMetrics('bench'), health: new HealthChecks() };
const projection = await createIdentityProjection({ ...temporary, ...parts });
const { queries } = projection;
const began = performance.now();
const cpuBefore = process.cpuUsage();
projection.start();
const untilLive = requestContext({ minPosition: assigned, deadline: Date.now() + 600_000 });
while (!(await queries.getStatus({}, { ...untilLive, deadline: Date.now() + 6_000 })).ok);
const status = await queries.getStatus({}, untilLive);
if (!status.ok) throw new Error(status.error.code);
const events = Number(status.value.projections[0]?.position?.split('~')[1]);
const seconds = (performance.now() - began) / 1_000;
const { user, system } = process.cpuUsage(cpuBefore);
const perCpuSecond = (events * 1e6) / (user + system);
say(
  `caught up with ${events} events`,
  `${(events / seconds).toFixed(0)}/s, ${perCpuSecond.toFixed(0)} a processor second`,
);

const asked = requestContext({ deadline: Date.now() + 600_000 });
await timed('find-sign-in, hot rows', 200_000, (turn) => signIn(everybody[turn % Math.min(users, 2_000)]));
await timed('find-sign-in, any row', 50_000, (turn) => signIn(everybody[(turn * 7_919) % users]));
const asAdministrator = { ...asked, credential };
const page = { skip: 0, limit: 100 };
await timed('get-user', 20_000, (turn) => queries.getUser({ id: 1 + (turn % users) }, asAdministrator));
await timed('list-users, 100', 500, () => queries.listUsers(page, asAdministrator));
await timed('list-app-users, 100', 500, () => queries.listAppUsers({ ...page, id: app.number }, asAdministrator));
await timed('list-users, q of 11 matches', 2_000, () => queries.listUsers({ ...page, q: 'user123' }, asAdministrator));
await timed('list-users, q of all', 5, () => queries.listUsers({ ...page, q: 'user' }, asAdministrator));
await timed('get-person', 20_000, (turn) => queries.getPerson({ uid: everybody[turn % users]?.uid }, asAdministrator));
await timed('list-people, 100', 500, () => queries.listPeople(page, asAdministrator));
await timed('list-people, 100 in the middle', 500, () =>
  queries.listPeople({ skip: users / 2, limit: 100 }, asAdministrator),
);
const byAddress = (turn: number) => ({ ...page, identifier: everybody[(turn * 7_919) % users]?.email ?? '' });
await timed('list-people, by identifier', 5_000, (turn) => queries.listPeople(byAddress(turn), asAdministrator));
await timed('list-people, by kind', 5, () => queries.listPeople({ ...page, identifierKind: 'phone' }, asAdministrator));
await timed('get-revocations', 5_000, () => queries.getRevocations({ since: 0 }, asked));

const visible: number[] = [];
for (let turn = 0; turn < 1_000; turn++) {
  const { position } = await people.addUser();
  const acknowledged = performance.now();
  const reply = await queries.listOpenClaims({ before: 0, limit: 1 }, { ...asked, minPosition: position });
  if (!reply.ok) throw new Error(reply.error.code);
  visible.push(performance.now() - acknowledged);
}
visible.sort((a, b) => a - b);
const at = (share: number) => `${(visible[Math.floor(visible.length * share)] ?? 0).toFixed(2)} ms`;
say('acknowledged → visible', `p50 ${at(0.5)}, p99 ${at(0.99)}`);

await projection.close();
await temporary.remove();

function signIn(person: AddedPerson | undefined) {
  if (person === undefined) throw new RangeError('nobody');
  const identifier = { kind: 'username', lookup: person.usernameLookup } as const;
  return queries.findSignIn({ identifier, appId: app.uid }, asked);
}

async function timed(what: string, turns: number, ask: (turn: number) => unknown): Promise<void> {
  for (let turn = 0; turn < turns / 5; turn++) await ask(turn);
  const start = performance.now();
  const cpu = process.cpuUsage();
  for (let turn = 0; turn < turns; turn++) await ask(turn);
  const { user, system } = process.cpuUsage(cpu);
  const wall = (performance.now() - start) * 1_000;
  say(what, `${(wall / turns).toFixed(1)} µs, of processor time ${((user + system) / turns).toFixed(1)} µs`);
}

function say(what: string, figure: string): void {
  process.stdout.write(`${what.padEnd(34)} ${figure}\n`);
}
