import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StatementSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { assertApplied, people, upTo, write, writesTo } from '../../contract/people.ts';
import type { ReadModelStore } from '../../src/read-model.port.ts';
import { openEmbeddedReadModel } from './index.ts';

const ada = { tenant: 'main', name: 'ada' };
const many = 100;
let folder: string;
let writer: ReadModelStore;
let reader: ReadModelStore;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'evident-'));
  const path = join(folder, 'rows.db');
  writer = await openEmbeddedReadModel({ path });
  reader = await openEmbeddedReadModel({ path });
});
afterEach(async () => {
  await writer.close();
  await reader.close();
  rmSync(folder, { recursive: true });
});

/** Webhooks have a group each, and no rows. */
it('groups without rows are not read to find a row that another process has written', async () => {
  await writer.prepare([people]);
  const { epoch } = await writer.takeOver('directory');
  for (let n = 0; n < many; n += 1) await writer.takeOver(`webhook.${n}`);
  await reader.get(people, 'ada');
  const writes = writesTo(people, write('ada', ada, 1));
  assertApplied(await writer.applyBatch('directory', { epoch, progress: upTo(1), writes }));
  const reading = vi.spyOn(StatementSync.prototype, 'all');
  const found = await reader.get(people, 'ada');
  const rows = reading.mock.results.flatMap(({ value }) => value);
  reading.mockRestore();
  expect(found).toEqual(ada);
  expect(rows.length).toBeLessThan(many / 2);
});
