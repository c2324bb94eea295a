import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { WriteNotice } from './write-notice.ts';

let directory: string;
let file: string;
let notices: number;
let notice: WriteNotice;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'evident-notice-'));
  file = join(directory, 'file');
  writeFileSync(file, '');
  notices = 0;
  notice = new WriteNotice(file, () => notices++);
});
afterEach(() => {
  notice.close();
  rmSync(directory, { recursive: true });
});

async function noticed(): Promise<void> {
  const before = notices;
  appendFileSync(file, 'x');
  await vi.waitUntil(() => notices > before, { timeout: 60_000, interval: 5 });
}

it('is not relied upon before it has told of a change', () => {
  expect(notice.reliable).toBe(false);
  notice.looked(false);
  expect(notice.reliable).toBe(false);
});

it('is relied upon once it has told of a change, also where it tells a moment later', async () => {
  await noticed();
  notice.looked(true);
  expect(notice.reliable).toBe(true);

  notice.looked(true);
  await noticed();
  notice.looked(false);
  expect(notice.reliable).toBe(true);
});

it('is relied upon no longer after a change that it did not tell of', async () => {
  await noticed();
  notice.looked(true);
  notice.looked(true);
  notice.looked(false);
  expect(notice.reliable).toBe(false);
  await noticed();
  notice.looked(true);
  expect(notice.reliable).toBe(true);
});

it('of a file that is not there is never relied upon', () => {
  const none = new WriteNotice(join(directory, 'none'), () => notices++);
  none.looked(true);
  expect(none.reliable).toBe(false);
  none.close();
});
