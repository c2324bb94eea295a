import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  chmodSync,
  closeSync,
  copyFileSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { examine, type Finding, type System, thisSystem } from '../src/doctor/index.ts';
import { type DataDirectory, makeDataDirectory } from './data-directory.fixture.ts';

let sound: DataDirectory;
let other: DataDirectory;
beforeAll(async () => {
  [sound, other] = [await makeDataDirectory(), await makeDataDirectory()];
});
afterAll(() => {
  sound.remove();
  other.remove();
});

interface Circumstances {
  readonly env?: Readonly<Record<string, string>>;
  readonly system?: Partial<System>;
  readonly now?: () => number;
  readonly quick?: boolean;
}

function look(dataDir: string, circumstances: Circumstances = {}): Promise<readonly Finding[]> {
  const { env = {}, system = {}, now = Date.now, quick = false } = circumstances;
  return examine({
    env: { PORT: '0', ...env, DATA_DIR: dataDir },
    system: { ...thisSystem, natsPatienceMs: 200, ...system },
    ...{ now, quick, report: () => undefined },
  });
}

interface Fault {
  readonly name: string;
  /** Spoils the directory, or gives the circumstances that are the fault. */
  readonly plant: ((dataDir: string) => void) | (() => Circumstances);
  /** Which check finds it, and words of what it says and advises. */
  readonly check: string;
  readonly says: RegExp;
  readonly advises: RegExp;
  /** Also found by the quick look. */
  readonly quickly?: boolean;
}

const faults: readonly Fault[] = [
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
    plant: (dataDir) => copyFileSync(sound.olderLog, join(dataDir, 'events.db')),
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
    plant: (dataDir) =>
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
    plant: (dataDir) => {
      rmSync(join(dataDir, 'person-keys.db'));
      mkdirSync(join(dataDir, 'person-keys.db'));
    },
    check: 'person keys',
    says: /cannot be opened/,
    advises: /^Check that the path is right/,
    quickly: true,
  },
  {
    name: 'a person whose key is gone without an erasure',
    plant: (dataDir) =>
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

describe('the doctor', () => {
  it('finds nothing wrong with a sound data directory', async () => {
    const findings = await look(sound.path);
    expect(findings.filter(({ status }) => status !== 'ok')).toEqual([]);
    expect(findings.map(({ check }) => check)).toContain('event content');
  });

  it.each(faults)('finds $name, and says what to do', async ({ name, plant, check, says, advises, quickly }) => {
    const dataDir = sound.copy(name.replaceAll(/\W+/g, '-'));
    const circumstances = plant(dataDir) ?? {};
    for (const quick of quickly === true ? [false, true] : [false]) {
      const findings = await look(dataDir, { ...circumstances, quick });
      const failed = findings.filter(({ status }) => status === 'fail');
      const found = failed.find((finding) => finding.check === check && says.test(finding.message));
      expect(found, JSON.stringify(findings, undefined, 2)).toBeDefined();
      expect(found?.remedy).toMatch(advises);
      for (const finding of failed) expect(finding.remedy, finding.message).toMatch(/\S/);
    }
  });

  it('names who holds a port', async () => {
    const server = createServer((_, response) => response.end()).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const findings = await look(sound.path, { env: { PORT: String(port) }, quick: true });
    server.close();
    const found = findings.find(({ check }) => check === 'ports');
    expect(found?.status).toBe('fail');
    if (process.platform === 'linux') expect(found?.message).toContain(`process ${process.pid}`);
    expect(found?.remedy).toContain('set PORT');
  });

  it('takes a server for what it is, on this data directory or on another', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const portFinding = async (files: readonly string[]) => {
      const holder = { processId: 7, command: 'node main.js', files };
      const env = { PORT: String(port) };
      const findings = await look(sound.path, { env, quick: true, system: { portHolder: () => holder } });
      return findings.find(({ check }) => check === 'ports');
    };
    expect(await portFinding([join(sound.path, 'events.db')])).toMatchObject({ status: 'ok' });
    const other = await portFinding(['/srv/other/events.db']);
    expect(other).toMatchObject({ status: 'warn', message: expect.stringContaining('on /srv/other') });
    expect(other?.remedy).toContain('Stop it before');
    server.close();
  });

  it('takes the gateway of four services for Evident, though it has no file of the log open', async () => {
    const server = createServer((_, response) => response.end('{"service":"Evident"}')).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const holder = { processId: 7, command: 'node main.js', files: [] };
    const env = { PORT: String(port) };
    const findings = await look(sound.path, { env, quick: true, system: { portHolder: () => holder } });
    server.close();
    const found = findings.find(({ check }) => check === 'ports');
    expect(found).toMatchObject({
      status: 'warn',
      message: `A gateway of Evident listens on port ${port} (process 7).`,
    });
    expect(found?.remedy).toMatch(/of this deployment[\s\S]*set PORT/);
  });

  it('warns of what interrupted programs left, once it is old', async () => {
    const dataDir = sound.copy('leftovers');
    const left = join(dataDir, 'events.db.0123456789ab.new');
    writeFileSync(left, '', { mode: 0o600 });
    expect((await look(dataDir, { quick: true })).filter(({ status }) => status !== 'ok')).toEqual([]);
    const yesterday = Date.now() / 1000 - 86_400;
    utimesSync(left, yesterday, yesterday);
    const findings = (await look(dataDir, { quick: true })).filter(({ status }) => status !== 'ok');
    expect(findings).toMatchObject([{ check: 'data directory', status: 'warn' }]);
    expect(findings[0]?.remedy).toContain(left);
  });

  it('leaves the directory as it was', async () => {
    const dataDir = sound.copy('untouched');
    chmodSync(join(dataDir, 'data.key'), 0o644);
    rmSync(join(dataDir, 'person-keys.db'));
    rmSync(join(dataDir, 'read-models.db'));
    const before = contentOf(dataDir);
    await look(dataDir);
    expect(contentOf(dataDir)).toEqual(before);
  });

  it('has no fault to find where nothing was started yet, and makes nothing', async () => {
    const findings = await look(sound.place('not-there'));
    expect(findings.filter(({ status }) => status === 'fail')).toEqual([]);
    expect(findings.find(({ check }) => check === 'data directory')).toMatchObject({ status: 'warn' });
  });
});

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

/** Names, modes and contents, without what SQLite puts beside a file while it reads. */
function contentOf(directory: string): readonly (readonly [string, number, string])[] {
  return readdirSync(directory)
    .filter((name) => !/-(wal|shm)$/.test(name))
    .map((name) => {
      const path = join(directory, name);
      return [name, statSync(path).mode, readFileSync(path, 'base64')] as const;
    });
}
