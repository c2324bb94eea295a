import { listSessions, type SessionObject, succeed } from '@evident/contracts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { basePath } from '../src/usso/base-path.ts';
import { type RunningGateway, startGateway } from './start-gateway.fixture.ts';

let gateway: RunningGateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway.close());

const session = (place: number): SessionObject => ({
  uid: `019a2f1e-7c1e-7b52-9a34-${String(place).padStart(12, '0')}`,
  userUid: '019a2f1e-7c1e-7b52-9a34-1c5e7d9b2f61',
  audience: 'your-app',
  methods: ['password'],
  scopes: [],
  createdAt: place,
  lastUsedAt: place,
  expiresAt: place + 1,
  clientIp: '203.0.113.9',
  userAgent: 'x'.repeat(512),
});

it('a page of sessions is whole though they come in several messages, each as long as one may be', async () => {
  const all = Array.from({ length: 9 }, (_, place) => session(place));
  const fitting = 2;
  gateway.services.answer(listSessions, ({ skip, limit }) =>
    succeed({ sessions: all.slice(skip, skip + Math.min(limit, fitting)), total: all.length }),
  );
  const { json } = await gateway.call('GET', `${basePath}/sessions?offset=1&limit=7`);
  expect(json).toMatchObject({ total: 9, offset: 1, limit: 7 });
  expect(json).toHaveProperty('items.length', 7);
  const { items } = json as { items: { uid: string }[] };
  expect(items.map(({ uid }) => uid)).toEqual(all.slice(1, 8).map(({ uid }) => uid));
});
