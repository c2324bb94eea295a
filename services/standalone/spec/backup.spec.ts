import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { streams } from '@evident/domain';
import { readable } from '@evident/event-store';
import { checkEmbeddedLog, readLogHead } from '@evident/event-store/embedded';
import { loadConfig } from '@evident/runtime';
import { openTemporaryLog } from '@evident/testing';
import { describe, expect, it } from 'vitest';
import { restoreBackup, takeBackup, writeErasures } from '../src/backup/index.ts';
import { failedSignIn, makeDataDirectory } from './data-directory.fixture.ts';
import { freshDirectory } from './fresh-directory.fixture.ts';

const deployment = freshDirectory();

const report = () => undefined;
const dayMs = 86_400_000;

function configWith(env: Readonly<Record<string, string>> = {}, dataDir = deployment.path) {
  const loaded = loadConfig({ PORT: '0', DATA_DIR: dataDir, ...env }, { service: 'standalone' });
  if (!loaded.ok) throw new Error('the configuration of the spec is wrong');
  return loaded.config;
}

function back(name = 'backup', now: () => number = Date.now) {
  const to = deployment.place(name);
  return takeBackup({ config: configWith(), to, keepPersonKeysDays: 30, software: 'spec', now, report });
}

interface Restoring {
  readonly erasures?: string;
  readonly withoutPersonKeys?: boolean;
  readonly keysFrom?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly now?: () => number;
}

function restore(into: string, options: Restoring = {}) {
  const { erasures, withoutPersonKeys = false, keysFrom = deployment.path, env, now = Date.now } = options;
  return restoreBackup({
    // The directory of another deployment, with nothing in it: what a restore needs comes from its options.
    config: configWith(env, deployment.place('elsewhere')),
    from: deployment.place('backup'),
    into: deployment.place(into),
    ...(keysFrom === '' ? {} : { keysFrom }),
    ...(erasures === undefined ? {} : { erasures }),
    ...{ withoutPersonKeys, now, report },
  });
}

/** Of each person: whether a server on this data directory can tell the name. */
async function namesOn(dataDir: string): Promise<readonly ('known' | 'erased')[]> {
  const { log, close } = await openTemporaryLog({ dataDir });
  const names: ('known' | 'erased')[] = [];
  for (const { uid, username } of deployment.people) {
    const stored = await log.store.readStream(streams.user(log.tenant, uid));
    const events = await Promise.all(stored.map(async (event) => readable(await log.codec.decode(event))));
    const text = JSON.stringify(events.map(({ data }) => data));
    expect(text.includes(`"${username}"`)).toBe(!text.includes('"erased"'));
    names.push(text.includes(`"${username}"`) ? 'known' : 'erased');
  }
  await close();
  return names;
}

describe('a backup', () => {
  it('is restored with every event, under a new log id, with everybody known', async () => {
    const before = readLogHead(join(deployment.path, 'events.db'));
    const manifest = await back();
    const restored = await restore('restored');
    const log = join(deployment.place('restored'), 'events.db');
    const after = await checkEmbeddedLog(log);
    expect(after).toMatchObject({ events: before.events, problems: [], logId: restored.logId });
    expect(after.logId).not.toBe(before.logId);
    expect(manifest.log).toMatchObject({ id: before.logId, events: before.events });
    expect(await namesOn(deployment.place('restored'))).toEqual(['known', 'known', 'known']);
    expect(restored.persons).toMatchObject({ keys: 3, erasuresApplied: 0, withoutKey: 0 });
  });

  it('is closed to other users, and so is what is restored', async () => {
    await back();
    await restore('restored');
    for (const folder of ['backup', 'restored']) {
      expect(statSync(deployment.place(folder)).mode & 0o777).toBe(0o700);
      for (const name of readdirSync(deployment.place(folder)))
        expect(statSync(join(deployment.place(folder), name)).mode & 0o777, name).toBe(0o600);
    }
  });

  it('holds neither of the two keys, and says where they are', async () => {
    const { notIncluded } = await back();
    expect(notIncluded.map(({ where }) => where)).toEqual([
      join(deployment.path, 'master.key'),
      join(deployment.path, 'data.key'),
    ]);
    for (const key of ['master.key', 'data.key']) {
      const text = readFileSync(join(deployment.path, key), 'latin1').trim();
      for (const name of readdirSync(deployment.place('backup'))) {
        const content = readFileSync(join(deployment.place('backup'), name));
        expect(content.includes(text) || content.includes(Buffer.from(text, 'base64')), name).toBe(false);
      }
    }
  });

  it('never overwrites anything, and leaves nothing where it fails', async () => {
    await back();
    await expect(back()).rejects.toThrow('exists already');
    await expect(back('no/such/place')).rejects.toThrow('There is no folder');
    truncateSync(join(deployment.path, 'data.key'), 10);
    await expect(back('second')).rejects.toThrow('does not hold a key');
    expect(readdirSync(deployment.folder).toSorted()).toEqual(['backup', 'data', 'older-events.db']);
  });

  it('is not made of a damaged log', async () => {
    const { DatabaseSync } = await import('node:sqlite');
    const database = new DatabaseSync(join(deployment.path, 'events.db'));
    database.exec("UPDATE events SET event = replace(event, 'user.registered', 'user.regiztered')");
    database.close();
    await expect(back()).rejects.toThrow(/is damaged|not what was written/);
    expect(existsSync(deployment.place('backup'))).toBe(false);
  });

  it('is not made of a directory that is not there, and makes none', async () => {
    const config = configWith({}, deployment.place('misspelt'));
    const request = { to: deployment.place('b'), keepPersonKeysDays: 1, software: 'spec', now: Date.now, report };
    await expect(takeBackup({ config, ...request })).rejects.toThrow('There is no event log');
    expect(existsSync(deployment.place('misspelt'))).toBe(false);
  });
});

describe('a restore', () => {
  it('erases whoever was erased since the backup', async () => {
    await back();
    const [first, second] = deployment.people;
    const server = await deployment.open();
    await server.log.personKeys.erase(first?.uid ?? '');
    const list = deployment.place('erasures.txt');
    expect(await writeErasures(list, server.log.personKeys, { tenant: 'main', now: 0 })).toBe(1);
    await server.close();
    expect((await restore('forgetful')).persons.erasuresApplied).toBe(0);
    expect(await namesOn(deployment.place('forgetful'))).toEqual(['known', 'known', 'known']);
    const { persons } = await restore('mindful', { erasures: list });
    expect(persons).toMatchObject({ keys: 2, erasuresApplied: 1, withoutKey: 0 });
    expect(await namesOn(deployment.place('mindful'))).toEqual(['erased', 'known', 'known']);
    expect(readFileSync(list, 'utf8')).not.toContain(second?.uid);
  });

  it('remembers whoever was erased before the backup, so that no new key is made', async () => {
    const [first] = deployment.people;
    const uid = first?.uid ?? '';
    const server = await deployment.open();
    await server.log.personKeys.erase(uid);
    await server.close();
    await back();
    expect((await restore('restored')).persons).toMatchObject({ keys: 2, withoutKey: 1 });
    const restored = await openTemporaryLog({ dataDir: deployment.place('restored') });
    expect((await restored.log.personKeys.obtain([uid])).size).toBe(0);
    await failedSignIn(restored, uid);
    await restored.close();
    expect(await namesOn(deployment.place('restored'))).toEqual(['erased', 'known', 'known']);
  });

  it('without person keys has everybody erased', async () => {
    await back();
    rmSync(join(deployment.place('backup'), 'person-keys.jsonl'));
    await expect(restore('refused')).rejects.toThrow('person-keys.jsonl is missing');
    await restore('restored', { withoutPersonKeys: true });
    expect(await namesOn(deployment.place('restored'))).toEqual(['erased', 'erased', 'erased']);
  });

  it('refuses person keys that were to be deleted', async () => {
    await back();
    const later = () => Date.now() + 31 * dayMs;
    await expect(restore('restored', { now: later })).rejects.toThrow('were to be deleted');
    await restore('restored', { now: later, withoutPersonKeys: true });
  });

  it('goes into an empty folder only', async () => {
    await back();
    mkdirSync(deployment.place('empty'));
    await restore('empty');
    writeFileSync(deployment.place('a-file'), '');
    await expect(restore('empty')).rejects.toThrow('is not empty');
    await expect(restore('a-file')).rejects.toThrow('is not a folder');
  });

  it('needs the data key and says where to put the master key', async () => {
    await back();
    await expect(restore('restored', { keysFrom: '' })).rejects.toThrow('The data key is needed');
    await expect(restore('restored', { keysFrom: deployment.folder })).rejects.toThrow('There is no data.key');
    const DATA_KEY = readFileSync(join(deployment.path, 'data.key'), 'utf8').trim();
    const { keys } = await restore('restored', { keysFrom: '', env: { DATA_KEY } });
    expect(keys.map(({ variable, from }) => [variable, from])).toEqual([
      ['MASTER_KEY', 'missing'],
      ['DATA_KEY', 'environment'],
    ]);
    expect(readdirSync(deployment.place('restored')).toSorted()).toEqual(['events.db', 'person-keys.db']);
  });

  it('refuses keys of another deployment and leaves the folder as it was', async () => {
    await back();
    const other = await makeDataDirectory();
    try {
      for (const key of ['data.key', 'master.key']) {
        const keysFrom = deployment.place(`keys-with-wrong-${key}`);
        mkdirSync(keysFrom);
        for (const name of ['data.key', 'master.key'])
          writeFileSync(join(keysFrom, name), readFileSync(join((name === key ? other : deployment).path, name)));
        await expect(restore('restored', { keysFrom })).rejects.toThrow('does not open the keyring');
        expect(existsSync(deployment.place('restored'))).toBe(false);
      }
    } finally {
      other.remove();
    }
  });

  const spoilt: readonly [what: string, spoil: (backup: string) => void, says: string][] = [
    ['another byte in the log', (at) => changeByte(join(at, 'events.db'), 5000), 'SHA-256 differs'],
    ['another byte in the person keys', (at) => changeByte(join(at, 'person-keys.jsonl'), 5), 'SHA-256 differs'],
    ['a shortened log', (at) => truncateSync(join(at, 'events.db'), 4096), 'the manifest says'],
    ['no log', (at) => rmSync(join(at, 'events.db')), 'events.db is missing'],
    ['no manifest', (at) => rmSync(join(at, 'manifest.json')), 'There is no'],
    ['a manifest that is none', (at) => writeFileSync(join(at, 'manifest.json'), '{}'), 'not the manifest'],
    ['a manifest cut short', (at) => truncateSync(join(at, 'manifest.json'), 300), 'not the manifest'],
    ['a newer format', (at) => editManifest(at, '"version": 1', '"version": 2'), 'newer Evident'],
    ['files elsewhere', (at) => editManifest(at, '"events.db"', '"../events.db"'), 'not the manifest'],
    ['another tenant', (at) => editManifest(at, '"main"', '"acme"'), 'tenant acme'],
    ['another count of events', (at) => editManifest(at, '"events": 2', '"events": 3'), 'does not belong'],
  ];

  it.each(spoilt)('refuses a backup with %s and makes nothing', async (_, spoil, says) => {
    await back();
    spoil(deployment.place('backup'));
    await expect(restore('restored')).rejects.toThrow(says);
    expect(existsSync(deployment.place('restored'))).toBe(false);
  });
});

function changeByte(path: string, at: number): void {
  const content = readFileSync(path);
  content[at] = (content[at] ?? 0) ^ 1;
  writeFileSync(path, content);
}

function editManifest(backup: string, from: string, to: string): void {
  const path = join(backup, 'manifest.json');
  const text = readFileSync(path, 'utf8');
  expect(text).toContain(from);
  writeFileSync(path, text.replace(from, to));
}
