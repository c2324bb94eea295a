import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  copyFileSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { System } from '../src/doctor/index.ts';
import type { DataDirectory } from './data-directory.fixture.ts';

/** What the doctor finds around it, besides the directory. */
export interface Circumstances {
  readonly env?: Readonly<Record<string, string>>;
  readonly system?: Partial<System>;
  readonly now?: () => number;
  readonly quick?: boolean;
}

/** What the spoilt directory is a copy of, and that of another deployment. */
interface Originals {
  readonly sound: DataDirectory;
  readonly other: DataDirectory;
}

export interface Fault {
  readonly name: string;
  /** Spoils the directory, or gives the circumstances that are the fault. */
  readonly plant: ((dataDir: string, from: Originals) => void) | (() => Circumstances);
  /** Which check finds it, and words of what it says and advises. */
  readonly check: string;
  readonly says: RegExp;
  readonly advises: RegExp;
  /** Also found by the quick look. */
  readonly quickly?: boolean;
}

/** What can be wrong with a deployment, each by itself. */
export const faults: readonly Fault[] = [
  {
    name: 'a flipped bit in an event',
    plant: (dataDir) => flipBitIn(join(dataDir, 'events.db'), 'user.registered'),
    check: 'event log',
    says: /not what was written|malformed/,
    advises: /evident restore/,
  },
  {
    name: 'an event that was cut out of the middle',
    plant: (dataDir) => inDatabase(join(dataDir, 'events.db'), 'DELETE FROM events WHERE place = 9'),
    check: 'event log',
    says: /0009 is missing/,
    advises: /evident restore/,
  },
  {
    name: 'a lost log',
    plant: (dataDir) => rmSync(join(dataDir, 'events.db')),
    check: 'event log',
    says: /There is no event log/,
    advises: /Put it back, or restore/,
    quickly: true,
  },
  {
    name: 'the file of another program in the place of the log',
    plant(dataDir) {
      rmSync(join(dataDir, 'events.db'));
      inDatabase(join(dataDir, 'events.db'), 'CREATE TABLE notes (text)');
    },
    check: 'event log',
    says: /another program/,
    advises: /DATA_DIR or EVENT_STORE_URL/,
    quickly: true,
  },
  {
    name: 'a log of a newer format',
    plant: (dataDir) => inDatabase(join(dataDir, 'events.db'), 'PRAGMA user_version = 99'),
    check: 'event log',
    says: /newer version/,
    advises: /Install the newest version/,
    quickly: true,
  },
  {
    name: 'a missing master.key',
    plant: (dataDir) => rmSync(join(dataDir, 'master.key')),
    check: 'keys',
    says: /no key file .*master\.key/,
    advises: /Put the file back.*MASTER_KEY/,
    quickly: true,
  },
  {
    name: 'the master.key of another deployment',
    plant: (dataDir) => writeFileSync(join(dataDir, 'master.key'), `${randomBytes(32).toString('base64')}\n`),
    check: 'keyrings',
    says: /master\.key does not open the keyring of auth-command/,
    advises: /right key.*a master key each, that of auth-command.*evident keys rewrap was broken off/,
    quickly: true,
  },
  {
    name: 'a truncated data.key',
    plant: (dataDir) => truncateSync(join(dataDir, 'data.key'), 20),
    check: 'keys',
    says: /data\.key does not hold a key/,
    advises: /Put the file back.*DATA_KEY/,
    quickly: true,
  },
  {
    name: 'the same key twice',
    plant: (dataDir) => writeFileSync(join(dataDir, 'data.key'), readFileSync(join(dataDir, 'master.key'))),
    check: 'keys',
    says: /are the same/,
    advises: /right file back/,
    quickly: true,
  },
  {
    name: 'a data directory that everybody may enter',
    plant: (dataDir) => chmodSync(dataDir, 0o755),
    check: 'data directory',
    says: /mode 755/,
    advises: /chmod 700/,
    quickly: true,
  },
  {
    name: 'a key that everybody may read',
    plant: (dataDir) => chmodSync(join(dataDir, 'master.key'), 0o644),
    check: 'data directory',
    says: /master\.key \(mode 644\)/,
    advises: /chmod 600 .*replace the key/,
    quickly: true,
  },
  {
    name: 'damaged read models',
    plant: (dataDir) => overwrite(join(dataDir, 'read-models.db'), 8192, randomBytes(4096)),
    check: 'read models',
    says: /damaged/,
    advises: /delete .*read-models\.db.*nothing is lost/,
  },
  {
    name: 'read models that saw more than an older copy of the log has',
    plant: (dataDir, { sound }) => copyFileSync(sound.olderLog, join(dataDir, 'events.db')),
    check: 'read models',
    says: /replaced by an older copy/,
    advises: /evident restore/,
    quickly: true,
  },
  {
    name: 'a lost file of person keys',
    plant: (dataDir) => rmSync(join(dataDir, 'person-keys.db')),
    check: 'person keys',
    says: /is missing/,
    advises: /restore the newest backup/,
    quickly: true,
  },
  {
    name: 'the person keys of another deployment',
    plant: (dataDir, { other }) =>
      writeFileSync(join(dataDir, 'person-keys.db'), readFileSync(join(other.path, 'person-keys.db'))),
    check: 'person keys',
    says: /wrapped under another key/,
    advises: /belongs to another log/,
    quickly: true,
  },
  {
    name: 'person keys of a newer format',
    plant: (dataDir) => inDatabase(join(dataDir, 'person-keys.db'), 'PRAGMA user_version = 99'),
    check: 'person keys',
    says: /newer version/,
    advises: /^Install the newest version/,
    quickly: true,
  },
  {
    name: 'person keys that cannot be opened',
    plant: (dataDir) => folderInPlaceOf(join(dataDir, 'person-keys.db')),
    check: 'person keys',
    says: /cannot be opened/,
    advises: /^Check that the path is right/,
    quickly: true,
  },
  {
    name: 'a write-ahead file of person keys that is not what was written',
    plant: (dataDir) => writeFileSync(join(dataDir, 'person-keys.db-wal'), randomBytes(4096), { mode: 0o600 }),
    check: 'person keys',
    says: /person-keys\.db-wal is damaged/,
    advises: /restore the newest backup/,
    quickly: true,
  },
  {
    name: 'a folder in the place of the write-ahead file of person keys',
    plant: (dataDir) => folderInPlaceOf(join(dataDir, 'person-keys.db-wal')),
    check: 'person keys',
    says: /person-keys\.db-wal is not a file/,
    advises: /^Move it away/,
    quickly: true,
  },
  {
    name: 'a folder in the place of a file that SQLite keeps, with which reads go on',
    plant: (dataDir) => folderInPlaceOf(join(dataDir, 'events.db-shm')),
    check: 'data directory',
    says: /events\.db-shm is not a file/,
    advises: /^Stop the server, .*move it away/,
    quickly: true,
  },
  {
    name: 'a folder in the place of the write-ahead file of the log',
    plant: (dataDir) => folderInPlaceOf(join(dataDir, 'events.db-wal')),
    check: 'event log',
    says: /events\.db-wal is not a file/,
    advises: /^Move it away/,
    quickly: true,
  },
  {
    name: 'a person whose key is gone without an erasure',
    plant: (dataDir, { sound }) =>
      inDatabase(join(dataDir, 'person-keys.db'), `DELETE FROM person_keys WHERE person = '${sound.people[1]?.uid}'`),
    check: 'event content',
    says: /1 people in the log have no key/,
    advises: /newest person-keys\.db/,
  },
  {
    name: 'a clock behind the end of the log',
    plant: () => ({ now: () => Date.now() - 3_600_000 }),
    check: 'clock',
    says: /recorded 3\d\d\d s later/,
    advises: /Set the clock/,
    quickly: true,
  },
  {
    name: 'a wrong variable',
    plant: () => ({ env: { ACCESS_TOKEN_TTL: 'an hour' } }),
    check: 'configuration',
    says: /ACCESS_TOKEN_TTL must be a whole number/,
    advises: /Correct ACCESS_TOKEN_TTL/,
    quickly: true,
  },
  {
    name: 'a disk that is nearly full',
    plant: () => ({ system: { freeBytes: async () => 3_000_000 } }),
    check: 'disk',
    says: /2 MB free/,
    advises: /Make room/,
    quickly: true,
  },
  {
    name: 'a NATS server that is away',
    plant: () => ({ env: { NATS_URL: 'nats://127.0.0.1:1' } }),
    check: 'NATS',
    says: /did not answer/,
    advises: /NATS_URL/,
    quickly: true,
  },
];

function folderInPlaceOf(path: string): void {
  rmSync(path, { force: true });
  mkdirSync(path, { mode: 0o700 });
}

function inDatabase(path: string, sql: string): void {
  const database = new DatabaseSync(path);
  database.exec(sql);
  database.close();
}

/** As a disk would, behind SQLite's back. */
function overwrite(path: string, at: number, bytes: Uint8Array): void {
  const file = openSync(path, 'r+');
  writeSync(file, bytes, 0, bytes.length, at);
  closeSync(file);
}

/** Everywhere, since a page that was split may still hold a copy that nobody reads. */
function flipBitIn(path: string, text: string): void {
  const content = readFileSync(path);
  const flipped = Buffer.from([text.charCodeAt(0) ^ 1]);
  for (let at = content.indexOf(text); at >= 0; at = content.indexOf(text, at + 1)) overwrite(path, at, flipped);
}
