import { randomBytes } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import { openEmbeddedEventStore } from '@evident/event-store/embedded';
import { signInEvent, signInStreams } from '../stores/sign-in-events.ts';

const digest = '0'.repeat(64);
const inOneTransaction = 256;

type Insert = (number: number, text: string) => void;

/**
 * Rows a second by nothing but the driver, in a loop of this thread that commits 256 at a time: into the tables of the
 * log, or into one table without an index.
 */
export async function bareAppendRate(path: string, total: number, tables: 'same' | 'one'): Promise<number> {
  // An empty log has the tables and settings; the loop writes past the store.
  await (await openEmbeddedEventStore({ path })).close();
  const database = new DatabaseSync(path);
  database.exec('PRAGMA synchronous = FULL; PRAGMA cache_size = -32000; PRAGMA wal_autocheckpoint = 8000');
  const insert = (tables === 'same' ? sameTables : oneTable)(database, signInStreams(total));
  const texts = Array.from({ length: total }, () => JSON.stringify(signInEvent()));
  const began = performance.now();
  for (let from = 0; from < total; from += inOneTransaction) {
    database.exec('BEGIN IMMEDIATE');
    for (let number = from; number < Math.min(total, from + inOneTransaction); number += 1) {
      insert(number, texts[number] ?? '');
    }
    database.exec('COMMIT');
  }
  const rate = total / ((performance.now() - began) / 1_000);
  database.close();
  return rate;
}

function sameTables(database: DatabaseSync, streamOf: (attempt: number) => string): Insert {
  const event = database.prepare('INSERT INTO events VALUES (?, ?, ?, 0, 0, ?, ?)');
  const stream = database.prepare(
    'INSERT INTO streams VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET revision = ?2, place = ?3',
  );
  const id = database.prepare('INSERT INTO ids VALUES (?, ?)');
  const revisions = new Map<string, number>();
  return (number, text) => {
    const name = streamOf(number);
    const revision = (revisions.get(name) ?? -1) + 1;
    revisions.set(name, revision);
    event.run(number + 1, name, revision, text, digest);
    stream.run(name, revision, number + 1);
    id.run(randomBytes(16), number + 1);
  };
}

function oneTable(database: DatabaseSync, streamOf: (attempt: number) => string): Insert {
  database.exec('CREATE TABLE bare (place INTEGER PRIMARY KEY, stream TEXT, event TEXT, digest TEXT)');
  const row = database.prepare('INSERT INTO bare VALUES (?, ?, ?, ?)');
  return (number, text) => {
    row.run(number + 1, streamOf(number), text, digest);
  };
}
