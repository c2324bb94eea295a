import { createSecretKey, type KeyObject, randomUUID } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { generateKey } from '../../src/keys/wrapped-key.ts';
import type { PersonKeys, PersonKeysFaultCode } from '../../src/person-keys.port.ts';
import { openEmbeddedPersonKeys } from './embedded-person-keys.ts';

const wrappingKey = createSecretKey(generateKey());
let folder: string;
let path: string;
let opened: PersonKeys[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'person-keys-'));
  path = join(folder, 'person-keys.db');
  opened = [];
});
afterEach(async () => {
  await Promise.all(opened.map((keys) => keys.close()));
  rmSync(folder, { recursive: true });
});

const open = (options: { readonly wrappingKey?: KeyObject; readonly cacheSize?: number } = {}) => {
  const keys = openEmbeddedPersonKeys({ path, wrappingKey, ...options });
  opened.push(keys);
  return keys;
};
const everyByte = () => Buffer.concat(readdirSync(folder).map((name) => readFileSync(join(folder, name))));
const persons = (count: number) => Array.from({ length: count }, () => randomUUID());
const fault = (code: PersonKeysFaultCode) => expect.objectContaining({ name: 'PersonKeysFault', code });

describe('the file of person keys', () => {
  it('holds no key that is not wrapped, and not the wrapping key', async () => {
    const made = await open().obtain(persons(300));
    const bytes = everyByte();
    for (const key of [...made.values(), wrappingKey]) {
      const raw = key.export();
      for (const form of ['hex', 'base64', 'base64url'] as const)
        expect(bytes.includes(raw.toString(form))).toBe(false);
      expect(bytes.includes(raw)).toBe(false);
    }
  });

  it('holds nothing of an erased key, not even wrapped, in any of its parts', async () => {
    const keys = open();
    const all = persons(1_500);
    await keys.obtain(all);
    const wrapped = new Map<string, string>();
    for await (const entry of keys.exportWrapped()) wrapped.set(entry.person, entry.wrapped);
    const gone = all.filter((_, index) => index % 7 === 0);
    for (const person of gone) expect(everyByte().includes(wrapped.get(person) ?? '?')).toBe(true);
    await Promise.all(gone.map((person) => keys.erase(person)));
    const bytes = everyByte();
    for (const person of gone) expect(bytes.includes((wrapped.get(person) ?? '').slice(5, 45))).toBe(false);
    expect(bytes.includes(wrapped.get(all[1] ?? '') ?? '?')).toBe(true);
  });

  it('belongs to its owner only, and is tightened where it does not', async () => {
    const keys = open();
    await keys.obtain(['somebody']);
    for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).mode & 0o777, name).toBe(0o600);
    await keys.close();
    chmodSync(path, 0o644);
    open();
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('is one file once it is closed', async () => {
    const keys = open();
    await keys.obtain(['somebody']);
    await keys.close();
    expect(readdirSync(folder)).toEqual(['person-keys.db']);
  });

  it('opens with the key it was made with only', async () => {
    await open().obtain(['somebody']);
    expect(() => open({ wrappingKey: createSecretKey(generateKey()) })).toThrow(fault('wrong-key'));
  });

  it('is refused where it is no database, or of another form', () => {
    writeFileSync(path, 'not a database, whatever its name says'.repeat(50));
    expect(() => open()).toThrow(fault('damaged'));
    rmSync(path);
    const other = new DatabaseSync(path);
    other.exec('CREATE TABLE t (x)');
    expect(() => open()).toThrow(fault('damaged'));
    other.exec('PRAGMA user_version = 7');
    other.close();
    expect(() => open()).toThrow(fault('newer-version'));
  });

  it('is not made where its folder does not exist', () => {
    path = join(folder, 'missing', 'person-keys.db');
    expect(() => open()).toThrow(fault('unavailable'));
    expect(existsSync(join(folder, 'missing'))).toBe(false);
  });

  it('reports an altered key as damage, never as an erasure', async () => {
    const keys = open();
    await keys.obtain(['a', 'b']);
    await keys.close();
    const other = new DatabaseSync(path);
    other.exec(
      "UPDATE person_keys SET wrapped = (SELECT wrapped FROM person_keys WHERE person = 'a') WHERE person = 'b'",
    );
    other.close();
    const again = open();
    await expect(again.find(['b'])).rejects.toEqual(fault('damaged'));
    await expect(again.obtain(['b'])).rejects.toEqual(fault('damaged'));
    expect((await again.find(['a'])).size).toBe(1);
  });
});

describe('embedded person keys', () => {
  it('remember a bounded number of keys', async () => {
    const keys = open({ cacheSize: 10 });
    const all = persons(50);
    expect((await keys.obtain(all)).size).toBe(50);
    expect(all.filter((person) => keys.peek(person) !== undefined)).toHaveLength(10);
    expect((await keys.find(all)).size).toBe(50);
  });

  it('commit together what is asked for at the same moment', async () => {
    const keys = open();
    await keys.obtain(['first']);
    const posted = vi.spyOn(Worker.prototype, 'postMessage');
    await Promise.all(persons(500).map((person) => keys.obtain([person])));
    expect(posted.mock.calls.length).toBeLessThanOrEqual(2);
    posted.mockRestore();
  });

  it('say what stopped a change, and go on when it is gone', async () => {
    const keys = open();
    await keys.obtain(['before']);
    const other = new DatabaseSync(path);
    other.exec('ALTER TABLE person_keys RENAME TO hidden');
    await expect(keys.erase('before')).rejects.toEqual(fault('unavailable'));
    other.exec('ALTER TABLE hidden RENAME TO person_keys');
    other.close();
    expect((await keys.obtain(['before', 'after'])).size).toBe(2);
    expect(await keys.erase('before')).toBe(true);
  });
});
