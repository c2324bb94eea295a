/**
 * Durable appends a second of the embedded log: single events of 500 bytes, each acknowledged after its sync, with 256
 * in flight, beside what the driver does in a bare loop in this thread that commits 256 at a time: into the same
 * tables, and into one table without any index. `node --conditions=@evident/source bench/append.ts [events] [rounds]`
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { NewEvent } from '@evident/event-store';
import { openEmbeddedEventStore } from '@evident/event-store/embedded';
import { type Figure, median, ratioTable } from './figures.ts';

const total = Number(process.argv[2] ?? 100_000);
const rounds = Number(process.argv[3] ?? 3);
const inFlight = 256;
const budget = 20_000;
const folder = mkdtempSync(join(process.env.BENCH_DIR ?? tmpdir(), 'evident-append-'));

/** Sign-in attempts of as many users as give each ten. */
const streams = Array.from({ length: Math.ceil(total / 10) }, () => `signin-main.${randomUUID()}`);
const streamOf = (number: number) => streams[(number * 7919) % streams.length] ?? '';

function anEvent(): NewEvent {
  const actor = `user:${randomUUID()}`;
  const metadata = {
    tenant: 'main',
    actor,
    commandId: randomUUID(),
    correlationId: randomUUID(),
    occurredAt: Date.now(),
  };
  return {
    id: randomUUID(),
    type: 'signin.succeeded',
    schema: 1,
    data: { app: randomUUID(), sealed: 'x'.repeat(140) },
    metadata,
  };
}

async function appendAll(path: string, concurrency: number, count: number): Promise<number> {
  const store = await openEmbeddedEventStore({ path });
  const events = Array.from({ length: count }, anEvent);
  await store.append('warm-main', [anEvent()], 'any');
  let next = 0;
  const began = performance.now();
  const write = async () => {
    while (next < count) {
      const number = next++;
      const event = events[number];
      if (event !== undefined) await store.append(streamOf(number), [event], 'any');
    }
  };
  await Promise.all(Array.from({ length: concurrency }, write));
  const rate = count / ((performance.now() - began) / 1000);
  await store.close();
  return rate;
}

/** What `insert` does for each event, in transactions of 256, by nothing but the driver. */
async function bareLoop(
  path: string,
  ready: (database: DatabaseSync) => (number: number, text: string) => void,
): Promise<number> {
  // An empty log has the tables and settings; the loop writes past the store.
  await (await openEmbeddedEventStore({ path })).close();
  const database = new DatabaseSync(path);
  database.exec('PRAGMA synchronous = FULL; PRAGMA cache_size = -32000; PRAGMA wal_autocheckpoint = 8000');
  const insert = ready(database);
  const texts = Array.from({ length: total }, () => JSON.stringify(anEvent()));
  const began = performance.now();
  for (let from = 0; from < total; from += inFlight) {
    database.exec('BEGIN IMMEDIATE');
    for (let number = from; number < Math.min(total, from + inFlight); number++) insert(number, texts[number] ?? '');
    database.exec('COMMIT');
  }
  const rate = total / ((performance.now() - began) / 1000);
  database.close();
  return rate;
}

const digest = '0'.repeat(64);

function sameTables(database: DatabaseSync) {
  const event = database.prepare('INSERT INTO events VALUES (?, ?, ?, 0, 0, ?, ?)');
  const stream = database.prepare(
    'INSERT INTO streams VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET revision = ?2, place = ?3',
  );
  const id = database.prepare('INSERT INTO ids VALUES (?, ?)');
  return (number: number, text: string) => {
    const name = streamOf(number);
    const revision = Math.floor(number / streams.length);
    event.run(number + 1, name, revision, text, digest);
    stream.run(name, revision, number + 1);
    id.run(randomBytes(16), number + 1);
  };
}

function oneTable(database: DatabaseSync) {
  database.exec('CREATE TABLE bare (place INTEGER PRIMARY KEY, stream TEXT, event TEXT, digest TEXT)');
  const row = database.prepare('INSERT INTO bare VALUES (?, ?, ?, ?)');
  return (number: number, text: string) => {
    row.run(number + 1, streamOf(number), text, digest);
  };
}

const measured = { store: [] as number[], single: [] as number[], same: [] as number[], one: [] as number[] };
console.log(`${total} events of ${JSON.stringify(anEvent()).length} bytes, ${rounds} rounds, in ${folder}`);
for (let round = 0; round < rounds; round++) {
  const file = (name: string) => join(folder, `${name}-${round}.db`);
  measured.one.push(await bareLoop(file('one'), oneTable));
  measured.same.push(await bareLoop(file('same'), sameTables));
  measured.store.push(await appendAll(file('store'), inFlight, total));
  measured.single.push(await appendAll(file('single'), 1, Math.min(total, 2000)));
}
const figures: Figure[] = [
  { what: `append, ${inFlight} in flight, beside the same tables`, perSecond: measured.store, beside: measured.same },
  { what: `append, ${inFlight} in flight, beside one bare table`, perSecond: measured.store, beside: measured.one },
  { what: 'append, 1 in flight', perSecond: measured.single },
  { what: 'bare loop, the same tables', perSecond: measured.same },
  { what: 'bare loop, one table', perSecond: measured.one },
];
console.log(ratioTable(figures));
console.log(`budget ${budget} durable appends a second: ${median(measured.store) >= budget ? 'kept' : 'MISSED'}`);
rmSync(folder, { recursive: true });
