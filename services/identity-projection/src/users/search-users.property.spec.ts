import { join } from 'node:path';
import { foldIdentifier, newPerson } from '@evident/domain';
import type { Position } from '@evident/event-store';
import { openEmbeddedReadModel } from '@evident/read-model/embedded';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type UserRow, usersView } from '../projections/users.projection.ts';
import { type RunningProjection, runProjection } from '../running-projection.fixture.ts';
import { searchUsers } from './search-users.ts';

interface Someone {
  readonly number: number;
  readonly username: string;
  readonly email: string;
  readonly isActive: boolean;
}

let running: RunningProjection;
let last = '';
const everybody: Someone[] = [];
const letters = ['a', 'A', 'b', 'ｂ', 'é', '%', '_', '1'];

/** Short names over few letters, so that most beginnings are shared by several. */
beforeAll(async () => {
  running = await runProjection();
  const { people, administrator } = running;
  everybody.push({ ...administrator, isActive: true });
  const pick = (place: number) => letters[place % letters.length] ?? '';
  const added = Array.from({ length: 60 }, async (_, place) => {
    const username = `${pick(place)}${pick(place * 3 + 1)}${place}`;
    const email = `${pick(place * 5 + 2)}${place}@example.com`;
    const user = await people.addUser({ username, email });
    const isActive = place % 3 !== 0;
    last = isActive ? user.position : await people.changeUser(user.uid, { type: 'change-user', isActive });
    everybody.push({ number: user.number, username, email, isActive });
  });
  await Promise.all(added);
  const zz = await people.addUser({ username: 'zz', email: 'zz@example.com' });
  last = zz.position;
  everybody.push({ number: zz.number, username: 'zz', email: 'zz@example.com', isActive: true });
});
afterAll(() => running.end());

it('a search finds who a look at everybody finds: the same users, in the same order, with the same total', async () => {
  const q = fc.array(fc.constantFrom(...letters), { maxLength: 2 }).map((few) => few.join(''));
  const query = fc.record({
    q,
    isActive: fc.option(fc.boolean(), { nil: undefined }),
    skip: fc.integer({ min: 0, max: 30 }),
    limit: fc.integer({ min: 1, max: 20 }),
  });
  await fc.assert(
    fc.asyncProperty(query, async ({ q, isActive, skip, limit }) => {
      const begins = (text: string) => foldIdentifier(text).startsWith(foldIdentifier(q));
      const expected = everybody
        .filter(({ username, email }) => begins(username) || begins(email))
        .filter((each) => isActive === undefined || each.isActive === isActive)
        .map(({ number }) => number)
        .sort((a, b) => a - b);
      const asked = { q, skip, limit, ...(isActive === undefined ? {} : { isActive }) };
      const reply = await running.queries.listUsers(asked, running.asAdministrator(last));
      if (!reply.ok) throw new Error(reply.error.code);
      expect(reply.value.users.map(({ number }) => number)).toEqual(expected.slice(skip, skip + limit));
      expect(reply.value.total).toBe(expected.length);
    }),
    { numRuns: Number(process.env.SEARCH_RUNS ?? 100) },
  );
});

it('a search of more matches than are read at a time, of which many have the same text, finds each once', async () => {
  const rows = 1_300;
  const store = await openEmbeddedReadModel({ path: join(running.temporary.config.dataDir, 'many.db') });
  await store.prepare([usersView]);
  const { epoch } = await store.takeOver('spec');
  const writes = Array.from({ length: rows }, (_, place) => {
    const username = place % 2 === 0 ? 'erased' : `erasmus${place}`;
    const number = rows - place;
    const row = { ...someRow, number, username, foldedUsername: username, foldedEmail: `erased${place}` };
    return { key: `uid-${place}`, row, position: 'log~0000000000000001' as Position };
  });
  await store.applyBatch('spec', { epoch, writes: new Map([[usersView, writes]]) });
  const request = { isActive: undefined, skip: 100, limit: 50, deadline: Date.now() + 10_000 };
  const found = await searchUsers({ store, now: Date.now }, 'ERAS', request);
  if ('error' in found) throw new Error(found.error.code);
  expect(found.found.total).toBe(rows);
  expect(found.found.rows.map(({ row }) => row?.number)).toEqual(Array.from({ length: 50 }, (_, at) => 101 + at));
  const late = await searchUsers({ store, now: () => 1 }, 'eras', { ...request, deadline: 0 });
  expect(late).toMatchObject({ error: { code: 'deadline.passed' } });
  await store.close();
});

const someRow: UserRow = {
  ...newPerson(0, 0),
  ...{ username: '', email: '', foldedUsername: '', foldedEmail: '', passwordHash: '', hasProfile: false, revision: 0 },
};
