import { endSessions, type MessageContract, succeed } from '@evident/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { basePath } from '../src/usso/base-path.ts';
import { ussoContract } from '../src/usso/index.ts';
import { type RunningGateway, startGateway } from './start-gateway.fixture.ts';

let gateway: RunningGateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway.close());

const lists = ussoContract.endpoints.filter(({ query }) => query !== undefined);
const uid = '019a2f1e-7c1e-7b52-9a34-1c5e7d9b2f60';
const asked = (contract: MessageContract) => gateway.services.askedOf(contract);

describe('a parameter that a list does not know', () => {
  it.each(lists.map(({ method, path }) => [method, path] as const))(
    'is refused by %s %s, which would answer as if it had looked at it',
    async (method, path) => {
      for (const name of ['createdat_from', 'order', 'isactive']) {
        const answer = await gateway.call(method, `${path.replace(/\{[^}]+\}/, uid)}?${name}=2026-01-25`);
        expect([name, answer.status, answer.json]).toMatchObject([
          name,
          422,
          { detail: [{ loc: ['query', name], type: 'extra_forbidden' }] },
        ]);
      }
    },
  );

  it('is there to be refused', () => {
    expect(lists.length).toBeGreaterThan(12);
  });
});

describe('DELETE /sessions', () => {
  it('ends the sessions of nobody where it is misspelt whose', async () => {
    gateway.services.answer(endSessions, () => succeed({ userId: uid }, 'log~1'));
    const refused = await gateway.call('DELETE', `${basePath}/sessions?userid=user:${uid}`);
    expect([refused.status, asked(endSessions)]).toEqual([422, []]);
    expect((await gateway.call('DELETE', `${basePath}/sessions?user_id=user:${uid}`)).status).toBe(200);
    expect(asked(endSessions)).toMatchObject([{ payload: { userId: uid } }]);
  });
});
