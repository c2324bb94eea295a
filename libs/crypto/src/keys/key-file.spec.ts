import { execFile, spawnSync } from 'node:child_process';
import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type KeyFileFaultCode, readKeyFile, readOrCreateKeyFile } from './key-file.ts';
import { generateKey } from './wrapped-key.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'key-file-'));
  path = join(folder, 'master.key');
});
afterEach(() => rmSync(folder, { recursive: true }));

const faulty = (code: KeyFileFaultCode, at: string) =>
  expect.objectContaining({ name: 'KeyFileFault', code, path: at, message: expect.stringContaining(at) });

describe('a key file', () => {
  it('is made once, for its owner only, and read ever after', () => {
    const made = readOrCreateKeyFile(path);
    expect(made.created).toBe(true);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readOrCreateKeyFile(path)).toEqual({ key: made.key, created: false });
    expect(readKeyFile(path)).toEqual({ key: made.key });
    expect(readFileSync(path, 'utf8')).toBe(`${made.key.toString('base64')}\n`);
    expect(readdirSync(folder)).toEqual(['master.key']);
  });

  it('is the same for all processes that start at once', async () => {
    const script = `
      const { readOrCreateKeyFile } = await import(${JSON.stringify(new URL('./key-file.ts', import.meta.url).href)});
      const { key, created } = readOrCreateKeyFile(${JSON.stringify(path)});
      console.log(key.toString('hex'), created);`;
    const run = () => promisify(execFile)(process.execPath, ['--input-type=module', '-e', script]);
    const outputs = await Promise.all(Array.from({ length: 6 }, run));
    const lines = outputs.map(({ stdout }) => stdout.trim().split(' '));
    expect(new Set(lines.map(([key]) => key)).size).toBe(1);
    expect(lines.filter(([, created]) => created === 'true')).toHaveLength(1);
  });

  it('is tightened, with a warning, where others could read it', () => {
    writeFileSync(path, generateKey().toString('base64'), { mode: 0o644 });
    chmodSync(path, 0o644);
    expect(readKeyFile(path).warning).toContain('mode 644');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readKeyFile(path).warning).toBeUndefined();
  });

  it('is missed with a fault that names it', () => {
    expect(() => readKeyFile(path)).toThrow(faulty('missing', path));
  });

  it('is never replaced where it holds something else', () => {
    for (const content of ['', 'not a key', generateKey().subarray(1).toString('base64')]) {
      writeFileSync(path, content);
      expect(() => readOrCreateKeyFile(path)).toThrow(faulty('wrong-length', path));
      expect(readFileSync(path, 'utf8')).toBe(content);
    }
  });

  it('behind a link is missed, and never made, where what the link names is not there, as before a mount', () => {
    symlinkSync(join(folder, 'not mounted'), path);
    expect(() => readOrCreateKeyFile(path)).toThrow(faulty('missing', path));
    expect(readlinkSync(path)).toBe(join(folder, 'not mounted'));
    expect(readdirSync(folder)).toEqual(['master.key']);
  });

  it('that is there and cannot be opened is not called missing', () => {
    symlinkSync(path, path);
    expect(() => readKeyFile(path)).toThrow(faulty('unreadable', path));
    expect(() => readOrCreateKeyFile(path)).toThrow(faulty('unreadable', path));
  });

  it('faults where it can be neither read nor made', () => {
    expect(() => readKeyFile(folder)).toThrow(faulty('unreadable', folder));
    const nowhere = join(folder, 'no such folder', 'master.key');
    expect(() => readOrCreateKeyFile(nowhere)).toThrow(faulty('unwritable', nowhere));
  });

  it.skipIf(process.platform === 'win32')('leaves nothing behind where the disk is full', () => {
    const script = `
      const { readOrCreateKeyFile } = await import(${JSON.stringify(new URL('./key-file.ts', import.meta.url).href)});
      readOrCreateKeyFile(${JSON.stringify(path)});`;
    // A process whose files may hold nothing.
    const line = 'trap "" XFSZ; ulimit -f 0; exec "$0" --input-type=module --eval "$1"';
    const { status, stderr } = spawnSync('sh', ['-c', line, process.execPath, script], { encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringContaining('cannot be made (EFBIG)') });
    expect(readdirSync(folder)).toEqual([]);
  });
});
