/**
 * Events a second of a rebuild: a group of four views (users, identifiers, assignments, totals) from an empty read
 * model over a log of user and app events, both embedded. `node --conditions=@evident/source bench/rebuild.ts [events]`
 */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { EventStore, JsonObject, NewEvent, Position, StoredEvent } from '@evident/event-store';
import { openEmbeddedEventStore } from '@evident/event-store/embedded';
import { type AnyProjection, type DecodeEvent, type Projection, runProjections } from '@evident/read-model';
import { openEmbeddedReadModel } from '@evident/read-model/embedded';

const total = Number(process.argv[2] ?? 200_000);
const perUser = 8;
const folder = mkdtempSync(join(process.env.BENCH_DIR ?? tmpdir(), 'evident-rebuild-'));

type User = {
  readonly id: string;
  readonly tenant: string;
  readonly name: string;
  readonly email: string;
  readonly active: boolean;
  readonly admin: boolean;
  readonly generation: number;
};
type Identifier = { readonly holder: string; readonly kind: string };
type Assignment = { readonly user: string; readonly app: string; readonly since: number };
type Total = { readonly count: number };

const users: Projection<User> = {
  name: 'users',
  view: {
    name: 'users',
    version: 1,
    indexes: [
      ['tenant', 'name'],
      ['tenant', 'email'],
    ],
  },
  types: new Set([
    'user.registered',
    'user.password-changed',
    'user.deactivated',
    'user.reactivated',
    'user.admin-granted',
  ]),
  keys: ({ stream }) => [`${stream.tenant}|${stream.id}`],
  evolve(row, { type, stream, data }) {
    const { name = '', email = '' } = data as { name?: string; email?: string };
    if (row === undefined)
      return { id: stream.id, tenant: stream.tenant, name, email, active: true, admin: false, generation: 0 };
    if (type === 'user.admin-granted') return { ...row, admin: true };
    if (type === 'user.password-changed') return { ...row, generation: row.generation + 1 };
    return { ...row, active: type === 'user.reactivated' };
  },
};

const identifiers: Projection<Identifier> = {
  name: 'identifiers',
  view: { name: 'identifiers', version: 1, indexes: [['holder']] },
  types: new Set(['user.registered']),
  keys: ({ stream, data }) => [`${stream.tenant}|username|${String((data as JsonObject).lookup)}`],
  evolve: (_row, { stream }) => ({ holder: stream.id, kind: 'username' }),
};

const assignments: Projection<Assignment> = {
  name: 'assignments',
  view: { name: 'assignments', version: 1, indexes: [['app', 'user']] },
  types: new Set(['user.app-assigned', 'user.app-unassigned']),
  keys: ({ stream, data }) => [`${stream.tenant}|${stream.id}|${String((data as JsonObject).app)}`],
  evolve: (_row, { type, stream, stored, data }) =>
    type === 'user.app-assigned'
      ? { user: stream.id, app: String((data as JsonObject).app), since: stored.recordedAt }
      : undefined,
};

const totals: Projection<Total> = {
  name: 'totals',
  view: { name: 'totals', version: 1, indexes: [] },
  types: new Set(['user.registered']),
  commutes: true,
  keys: ({ stream }) => [`${stream.tenant}|users`],
  evolve: (row) => ({ count: (row?.count ?? 0) + 1 }),
};

const projections: readonly AnyProjection[] = [users, identifiers, assignments, totals];

const decode = (): DecodeEvent => (stored) => {
  const dash = stored.stream.indexOf('-');
  const dot = stored.stream.indexOf('.', dash);
  const stream = {
    category: stored.stream.slice(0, dash),
    tenant: stored.stream.slice(dash + 1, dot),
    id: stored.stream.slice(dot + 1),
  };
  return { stored, type: stored.type, stream, data: stored.data };
};

await fill(await openEmbeddedEventStore({ path: join(folder, 'events.db') }));
const events = await openEmbeddedEventStore({ path: join(folder, 'events.db') });
const scan = await timed('scan of the log', () => scanLog(events));
const write = await timed('scan, and one bare upsert an event', () => scanAndUpsert(events));
const rebuild = await timed('rebuild of four views', () => rebuildViews(events));
console.log(
  `rebuild / scan ${(rebuild / scan).toFixed(2)}   rebuild / (scan + upsert) ${(rebuild / write).toFixed(2)}`,
);
await events.close();
rmSync(folder, { recursive: true });

/** Also by the processor time of this process, which other work on the machine does not change. */
async function timed(name: string, work: () => Promise<void>): Promise<number> {
  const [began, used] = [performance.now(), process.cpuUsage()];
  await work();
  const { user, system } = process.cpuUsage(used);
  const rate = total / ((performance.now() - began) / 1000);
  const perProcessor = total / ((user + system) / 1_000_000);
  console.log(`${name}: ${figure(rate)} events/s, ${figure(perProcessor)} events a second of processor time`);
  return rate;
}

function figure(value: number): string {
  return Math.round(value).toLocaleString('en');
}

async function rebuildViews(log: EventStore): Promise<void> {
  const store = await openEmbeddedReadModel({ path: join(folder, 'read-models.db') });
  const head = await log.lastPosition();
  const runner = runProjections({
    group: 'directory',
    projections,
    events: log,
    store,
    decode,
    batchSize: Number(process.env.BATCH ?? 1000),
  });
  if (head !== undefined) await runner.reached(head, 600_000);
  await runner.stop();
  await store.close();
}

async function eachBatch(log: EventStore, use: (batch: readonly StoredEvent[]) => void): Promise<void> {
  let at: Position | undefined;
  for (;;) {
    const batch = await log.readAll(at, 1000);
    if ('outcome' in batch || batch.length === 0) return;
    use(batch);
    at = batch.at(-1)?.position;
  }
}

async function scanLog(log: EventStore): Promise<void> {
  await eachBatch(log, () => undefined);
}

async function scanAndUpsert(log: EventStore): Promise<void> {
  const database = new DatabaseSync(join(folder, 'bare.db'));
  database.exec(
    'PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; CREATE TABLE bare (key TEXT PRIMARY KEY, row TEXT)',
  );
  const upsert = database.prepare('INSERT INTO bare VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET row = excluded.row');
  await eachBatch(log, (batch) => {
    database.exec('BEGIN');
    for (const { stream, data } of batch) upsert.run(stream, JSON.stringify(data));
    database.exec('COMMIT');
  });
  database.close();
}

/** The events of 2,000 users take turns, so that a batch seldom sees a row twice, as in life. */
async function fill(log: EventStore): Promise<void> {
  const apps = Array.from({ length: 40 }, () => randomUUID());
  let made = 0;
  while (made < total) {
    const people = Array.from({ length: 2000 }, () => ({
      stream: `user-main.${randomUUID()}`,
      events: userEvents(apps),
    }));
    for (let turn = 0; turn < perUser; turn += 1) {
      const due = people.slice(0, total - made);
      await Promise.all(due.map(({ stream, events }) => log.append(stream, events.slice(turn, turn + 1), 'any')));
      made += due.length;
    }
  }
  await log.close();
}

function userEvents(apps: readonly string[]): readonly NewEvent[] {
  const name = `person-${randomUUID().slice(0, 8)}`;
  const app = () => apps[Math.floor(Math.random() * apps.length)] ?? '';
  const first = app();
  const all: readonly (readonly [string, JsonObject])[] = [
    ['user.registered', { name, email: `${name}@example.org`, lookup: randomUUID(), note: 'x'.repeat(120) }],
    ['user.app-assigned', { app: first, note: 'x'.repeat(180) }],
    ['user.app-assigned', { app: app(), note: 'x'.repeat(180) }],
    ['user.password-changed', { hash: 'x'.repeat(220) }],
    ['user.deactivated', { reason: 'x'.repeat(180) }],
    ['user.reactivated', { reason: 'x'.repeat(180) }],
    ['user.admin-granted', { note: 'x'.repeat(180) }],
    ['user.app-unassigned', { app: first, note: 'x'.repeat(180) }],
  ];
  const id = randomUUID();
  return all.map(([type, data]) => ({
    id: randomUUID(),
    type,
    schema: 1,
    data,
    metadata: { tenant: 'main', actor: 'system', commandId: id, correlationId: id, occurredAt: Date.now() },
  }));
}
