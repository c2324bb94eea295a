import { chmodSync, existsSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { silentLogger } from '@evident/testing';
import { afterAll, expect, it } from 'vitest';
import { prepareDataDirectory } from './data-directory.ts';

const directory = mkdtempSync(join(tmpdir(), 'evident-data-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** As SQLite does with the files beside a database, in another process that opens and closes it. */
const comingAndGoing = `
  const { rmSync, writeFileSync } = require('node:fs');
  const { parentPort, workerData } = require('node:worker_threads');
  let told = false;
  for (;;) {
    for (const mode of [0o600, 0o644]) {
      writeFileSync(workerData, '', { mode });
      rmSync(workerData);
    }
    if (!told) parentPort.postMessage('begun');
    told = true;
  }`;

it('is prepared while files in it come and go', async () => {
  const worker = new Worker(comingAndGoing, { eval: true, workerData: join(directory, 'rows.db-wal') });
  await new Promise((resolve) => worker.once('message', resolve));
  try {
    for (let round = 0; round < 2_000; round += 1) {
      expect(() => prepareDataDirectory(directory, silentLogger)).not.toThrow();
    }
  } finally {
    await worker.terminate();
  }
});

it('is made with those above it, for this user alone, and may be there already', () => {
  const place = join(directory, 'a', 'b');
  for (let round = 0; round < 2; round += 1) prepareDataDirectory(place, silentLogger);
  expect([join(directory, 'a'), place].map((each) => statSync(each).mode & 0o777)).toEqual([0o700, 0o700]);
});

it('is refused where a file is in the way', () => {
  const file = join(directory, 'file');
  writeFileSync(file, '');
  expect(() => prepareDataDirectory(file, silentLogger)).toThrow(`${file} is in the way.`);
  expect(() => prepareDataDirectory(join(file, 'data'), silentLogger)).toThrow('would lie in a file.');
});

it.skipIf(!existsSync('/proc/self'))('is refused at once where the system has no such place', () => {
  expect(() => prepareDataDirectory('/proc/x', silentLogger)).toThrow('/proc/x does not exist.');
  expect(() => prepareDataDirectory('/proc/x/y', silentLogger)).toThrow('/proc/x does not exist.');
});

it('is closed to others through a link too, which warns where it was open and nowhere else', () => {
  const place = mkdtempSync(join(directory, 'elsewhere-'));
  const link = join(directory, 'link');
  symlinkSync(place, link);
  const warned: unknown[] = [];
  const logger = { ...silentLogger, warn: (fields: object) => warned.push(fields) };
  prepareDataDirectory(link, logger);
  expect(warned).toEqual([]);
  chmodSync(place, 0o755);
  prepareDataDirectory(link, logger);
  expect(warned).toEqual([{ file: link }]);
  expect(statSync(place).mode & 0o777).toBe(0o700);
});
