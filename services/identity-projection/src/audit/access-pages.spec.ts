import type { EventStore, Position } from '@evident/event-store';
import { everyPerson } from '@evident/evidence';
import type { RowQuery, StoredRow } from '@evident/read-model';
import { expect, it } from 'vitest';
import { accessEdgesView } from '../projections/access-edges.projection.ts';
import { accessAt } from './access.ts';
import type { Auditing } from './auditing.ts';

const place = (nth: number) => `log~${String(nth).padStart(16, '0')}` as Position;
const always = [{ from: place(1), to: null, revision: 0 }];
const users = 5_000;

/** An app that every user was assigned to at the same late position, and how many edges were looked at. */
function auditingOf({ assignedAt, registered }: { readonly assignedAt: number; readonly registered: number }) {
  let examined = 0;
  const edge = (number: number) => ({
    userUid: `u${number}`,
    userNumber: number,
    appUid: 'a',
    appNumber: 1,
    intervals: [{ from: place(assignedAt), to: null, revision: 1 }],
  });
  const rows = {
    async find(
      { name }: { readonly name: string },
      { from = 1, to = users + 1, limit }: RowQuery,
    ): Promise<StoredRow[]> {
      if (name !== accessEdgesView.name) throw new Error('the app is named by its subject');
      const count = Math.max(0, Math.min(limit, users - Number(from) + 1, Number(to) - Number(from)));
      examined += count;
      return Array.from({ length: count }, (_, index) => {
        const row = edge(Number(from) + index);
        return { key: `${row.userUid}|a`, row, position: place(assignedAt) };
      });
    },
    async get() {
      return { kind: 'app', uid: 'a', number: 1, intervals: always };
    },
    async getMany(_view: unknown, keys: readonly string[]) {
      return new Map(keys.map((key) => [key, { key, row: { intervals: always }, position: place(1) }]));
    },
  };
  const number = (revision: number) => ({
    revision,
    position: place(revision < registered ? 2 : assignedAt + revision),
  });
  const store = {
    parsePosition: (text: string) => text as Position,
    compare: () => 0,
    readStreamEnd: async () => [number(users - 1)],
    readStream: async (_stream: string, { from }: { readonly from: number }) => [number(from)],
  } as unknown as EventStore;
  const log = { store } as Auditing['log'];
  const auditing = { tenant: 'main', log, rows, now: () => 0 } as unknown as Auditing;
  return { auditing, examined: () => examined };
}

async function ask(auditing: Auditing, at: Position, after?: string) {
  const asker = { reader: everyPerson, head: place(100_000), deadline: 1_000 };
  const found = await accessAt(
    auditing,
    { app: 'app:a', at, limit: 100, ...(after === undefined ? {} : { after }) },
    asker,
  );
  if ('error' in found) throw new Error(found.error.code);
  return found.found;
}

it('looks at two thousand edges for one answer, also where none was in force, and says where to go on', async () => {
  const { auditing, examined } = auditingOf({ assignedAt: 50_000, registered: users });
  let pages = 0;
  for (let after: string | null | undefined; after !== null; pages++) {
    const before = examined();
    const page = await ask(auditing, place(10), after);
    expect(page.access).toEqual([]);
    expect(examined() - before).toBeLessThanOrEqual(2_000);
    after = page.next;
  }
  expect(examined()).toBe(users);
  expect(pages).toBe(3);
});

it('does not look at edges of users who came later', async () => {
  const { auditing, examined } = auditingOf({ assignedAt: 50_000, registered: 300 });
  expect(await ask(auditing, place(10))).toMatchObject({ access: [], next: null });
  expect(examined()).toBe(300);
});
