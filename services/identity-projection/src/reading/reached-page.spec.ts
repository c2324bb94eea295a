import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Position } from '@evident/event-store';
import type { ReadModelStore, RowWrite, View } from '@evident/read-model';
import { openEmbeddedReadModel } from '@evident/read-model/embedded';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { reachedPage } from './reached-page.ts';

type Made = { readonly kind: string; readonly at: number };

const view: View<Made> = { name: 'made', version: 1, indexes: [['kind', 'at']] };
const group = 'made';
/** More than are read at a time; three were made at each moment. */
const many = 1_600;
const uidOf = (number: number) => `made-${String(number).padStart(4, '0')}`;
const all = Array.from({ length: many }, (_, number) => uidOf(number));
const at = (place: number) => `log~${String(place).padStart(16, '0')}` as Position;

let folder: string;
let store: ReadModelStore;
let epoch: number;
let writes = 0;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'evident-reached-'));
  store = await openEmbeddedReadModel({ path: join(folder, 'read-models.db') });
  await store.prepare([view]);
  ({ epoch } = await store.takeOver(group));
  await write(...all.map((key, number) => ({ key, row: { kind: 'a', at: Math.floor(number / 3) } })));
});
afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

async function write(...rows: readonly Omit<RowWrite<Made>, 'position'>[]): Promise<void> {
  writes += 1;
  const position = at(writes);
  const written = rows.map((row) => ({ ...row, position }));
  await store.applyBatch(group, {
    epoch,
    progress: { position, events: writes },
    writes: new Map([[view, written]]),
  });
}

it.each(['asc', 'desc'] as const)('leaves nobody out because others go or come meanwhile (%s)', async (order) => {
  const ends = { asc: uidOf(0), desc: uidOf(many - 1) };
  let looks = 0;
  const changing = new Proxy(store, {
    get:
      (target, name: keyof ReadModelStore) =>
      async (...given: unknown[]) => {
        const found = await (target[name] as (...given: unknown[]) => Promise<unknown>).apply(target, given);
        looks += 1;
        if (looks === 1) await write({ key: ends[order], row: undefined });
        if (looks === 2) await write({ key: 'new', row: { kind: 'a', at: order === 'asc' ? -1 : many } });
        return found;
      },
  });
  const query = { index: ['kind', 'at'], where: { kind: 'a' }, order } as const;
  const request = { skip: 0, limit: 2 * many, deadline: Infinity };
  const page = await reachedPage({ store: changing, now: () => 0 }, view, query, () => true, request);
  const uids = 'found' in page ? page.found.rows.map(({ key }) => key) : [];
  expect(looks).toBeGreaterThan(2);
  expect(uids).toEqual(order === 'asc' ? all : all.toReversed());
  expect(page).toMatchObject({ found: { total: many } });
});
