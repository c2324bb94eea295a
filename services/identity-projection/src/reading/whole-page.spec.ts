import type { ReadModelStore, RowQuery } from '@evident/read-model';
import { describe, expect, it } from 'vitest';
import { agentsView } from '../projections/agents.projection.ts';
import { type WholeList, wholePage } from './whole-page.ts';

const list = { view: agentsView, index: ['createdAt'], totals: ['agents'] } as const satisfies WholeList<never>;
const page = { skip: 20, limit: 10, deadline: 1_000 };

/** What is asked of a store that has so many keys in any range. */
function reading(count: number, now = () => 0) {
  const asked: [string, unknown][] = [];
  const store = {
    getMany: async (_view: unknown, keys: readonly string[]) => {
      asked.push(['getMany', keys]);
      return new Map([['agents', { row: { count: 41 } }]]);
    },
    find: async (_view: unknown, query: RowQuery) => {
      asked.push(['find', query]);
      return [];
    },
    findKeys: async (_view: unknown, query: RowQuery) => {
      asked.push(['findKeys', query]);
      return Array.from({ length: Math.max(0, Math.min(query.limit, count - (query.skip ?? 0))) }, () => 'key');
    },
  };
  return { asked, reading: { store: store as unknown as ReadModelStore, now } };
}

describe('a page of a list that is shown whole', () => {
  it.each([undefined, 'asc', 'desc'] as const)('costs the page and the kept total in the order %s', async (order) => {
    const { asked, reading: from } = reading(0);
    expect(await wholePage(from, list, { ...page, order })).toEqual({ found: { rows: [], total: 41 } });
    const ordered = order === undefined ? {} : { order };
    expect(asked).toEqual([
      ['getMany', ['agents']],
      ['find', { index: ['createdAt'], skip: 20, limit: 10, ...ordered }],
    ]);
  });

  it('counts what was made at a time by keys alone, and reads the rows of the page', async () => {
    const { asked, reading: from } = reading(23_000);
    const range = { createdFrom: 100, createdTo: 200 };
    expect(await wholePage(from, list, { ...page, ...range })).toEqual({ found: { rows: [], total: 23_000 } });
    const bounds = { index: ['createdAt'], from: 100, to: 201 };
    expect(asked).toEqual([
      ...[0, 10_000, 20_000].map((skip) => ['findKeys', { ...bounds, skip, limit: 10_000 }]),
      ['find', { ...bounds, skip: 20, limit: 10 }],
    ]);
  });

  it('ends where nobody waits any more', async () => {
    const { asked, reading: from } = reading(23_000, () => 1_001);
    const reply = await wholePage(from, list, { ...page, createdFrom: 100 });
    expect([reply, asked.length]).toMatchObject([{ error: { code: 'deadline.passed' } }, 1]);
  });
});
