import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { expect, it } from 'vitest';
import { removeUnfinishedFolders, unfinishedFolder } from './unfinished-folder.ts';

/** As SQLite does with a journal while it copies: makes a file and removes it again, over and over. */
const copying = `
  const { parentPort, workerData } = require('node:worker_threads');
  const { rmSync, writeFileSync } = require('node:fs');
  let told = false;
  for (;;) {
    try { writeFileSync(workerData, ''); } catch {}
    rmSync(workerData, { force: true });
    if (!told) parentPort.postMessage('begun');
    told = true;
  }`;

it('is gone although somebody makes and removes files in it meanwhile', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'evident-unfinished-'));
  const draft = join(folder, 'draft');
  mkdirSync(draft);
  const worker = new Worker(copying, { eval: true, workerData: join(draft, 'journal') });
  try {
    await new Promise((resolve) => worker.once('message', resolve));
    for (let round = 0; round < 200; round += 1) {
      mkdirSync(draft, { recursive: true });
      const finished = unfinishedFolder(draft);
      removeUnfinishedFolders();
      expect(existsSync(draft)).toBe(false);
      finished();
    }
  } finally {
    await worker.terminate();
    rmSync(folder, { recursive: true, force: true });
  }
});
