import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'evident-synced-files-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const source = join(import.meta.dirname, '../src/backup/synced-files.ts');

/** In a process whose files may have a megabyte or two, as on a disk that fills up: one write then takes a part only. */
function replaceOnFullDisk(path: string) {
  const script = `
    const { replaceFile } = await import(${JSON.stringify(source)});
    replaceFile(${JSON.stringify(path)}, 'x'.repeat(4_000_000));
  `;
  const line = 'trap "" XFSZ; ulimit -f 2048; exec "$0" --input-type=module --eval "$1"';
  return spawnSync('sh', ['-c', line, process.execPath, script], { encoding: 'utf8' });
}

describe.skipIf(process.platform === 'win32')('a file that is replaced while the disk fills up', () => {
  it('is refused rather than cut short, and what was there before stays, alone', () => {
    const path = join(folder, 'erasures.txt');
    writeFileSync(path, 'before');
    const { status, stderr } = replaceOnFullDisk(path);
    expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringMatching(/EFBIG/) });
    expect(readFileSync(path, 'utf8')).toBe('before');
    expect(readdirSync(folder)).toEqual(['erasures.txt']);
  });
});
