import {
  listAgents,
  listApiKeys,
  listCredentials,
  listIdentifiers,
  listMembers,
  listPeople,
  listProfiles,
  listRoles,
  listSessions,
  listWorkspaces,
  listWorkspaceUsers,
  type MessageContract,
  succeed,
} from '@evident/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OpenApiDocument } from '../src/openapi/openapi-document.ts';
import { basePath } from '../src/usso/base-path.ts';
import { ussoContract } from '../src/usso/index.ts';
import { type RunningGateway, startGateway } from './start-gateway.fixture.ts';

let gateway: RunningGateway;
beforeAll(async () => {
  gateway = await startGateway();
  gateway.services.answer(listIdentifiers, () => succeed({ identifiers: [0, 1, 2, 3].map(identifier) }));
  gateway.services.answer(listCredentials, () => succeed({ credentials: [0, 1, 2, 3].map(credential) }));
});
afterAll(() => gateway.close());

const noon = Date.UTC(2026, 0, 25, 12);
const uid = '019a2f1e-7c1e-7b52-9a34-1c5e7d9b2f60';
const idOf = (place: number) => `${place}${uid.slice(1)}`;
/** The second and the third came at the same moment. */
const madeAt = (place: number) => noon + 1_000 * (place < 2 ? place : place - 1);
const identifier = (place: number) => ({
  ...{ id: idOf(place), kind: 'email' as const, value: `${place}@example.com`, verified: false },
  ...{ verifiedAt: null, primary: place === 0, createdAt: madeAt(place) },
});
const credential = (place: number) => ({
  ...{ id: idOf(place), method: 'password' as const, createdAt: madeAt(place), lastUsedAt: null },
});

const users = `${basePath}/users`;
const places = `${basePath}/workspaces`;
const asked: readonly (readonly [path: string, contract: MessageContract])[] = [
  [users, listPeople],
  [`${basePath}/profiles`, listProfiles],
  [`${basePath}/sessions`, listSessions],
  [places, listWorkspaces],
  [`${places}/mine`, listWorkspaces],
  [`${places}/${uid}/members`, listMembers],
  [`${places}/${uid}/users`, listWorkspaceUsers],
  [`${basePath}/roles`, listRoles],
  [`${basePath}/agents`, listAgents],
  [`${basePath}/apikeys`, listApiKeys],
  [`${basePath}/api-keys`, listApiKeys],
];
const cut = [`${users}/${uid}/identifiers`, `${users}/${uid}/credentials`];
const pathsOfLists = ussoContract.endpoints.flatMap(({ method, path, query }) =>
  method === 'GET' && query !== undefined ? [path.replace(/\{[^}]+\}/, uid)] : [],
);

it('is looked at in every list of the contract', () => {
  expect([...asked.map(([path]) => path), ...cut].toSorted()).toEqual(pathsOfLists.toSorted());
});

describe.each(asked)('GET %s', (path, { name }) => {
  const sentFor = async (query: string) => {
    await gateway.call('GET', `${path}?${query}`);
    return gateway.services.asked.filter(({ contract }) => contract.name === name).at(-1)?.payload;
  };

  it('asks for what was made at a time, both ends in it', async () => {
    const query = 'created_at_from=2026-01-25T13:00:00%2B01:00&created_at_to=2026-01-25T12:00:01.5009Z';
    expect(await sentFor(query)).toMatchObject({ createdFrom: noon, createdTo: noon + 1_500 });
  });

  it('takes a date for the whole day in UTC', async () => {
    const [createdFrom, createdTo] = [Date.UTC(2026, 0, 25), Date.UTC(2026, 0, 26) - 1];
    const query = 'created_at_from=2026-01-25&created_at_to=2026-01-25';
    expect(await sentFor(query)).toMatchObject({ createdFrom, createdTo });
  });

  it('asks for either order, and for none where none was named', async () => {
    expect(await sentFor('sort=created_at')).toMatchObject({ order: 'asc' });
    expect(await sentFor('sort=-created_at')).toMatchObject({ order: 'desc' });
    const plain = await sentFor('limit=5');
    for (const member of ['order', 'createdFrom', 'createdTo']) expect(plain).not.toHaveProperty(member);
  });
});

describe.each(cut)('GET %s', (path) => {
  const shown = async (query: string) => {
    const { json } = await gateway.call('GET', `${path}?${query}`);
    const { items, total } = json as { readonly items: readonly { readonly uid: string }[]; readonly total: number };
    return [items.map((item) => item.uid), total];
  };
  const ids = (...of: number[]) => of.map(idOf);

  it('shows and counts what was made at a time, both ends in it', async () => {
    const range = 'created_at_from=2026-01-25T12:00:00.001Z&created_at_to=2026-01-25T12:00:01Z';
    expect(await shown(range)).toEqual([ids(1, 2), 2]);
    expect(await shown(`${range}&sort=-created_at&limit=1`)).toEqual([ids(2), 2]);
    expect(await shown('created_at_from=2026-01-25T12:00:02Z')).toEqual([ids(3), 1]);
    expect(await shown('created_at_to=2026-01-25T12:00:00Z')).toEqual([ids(0), 1]);
    expect(await shown('created_at_to=2026-01-24')).toEqual([[], 0]);
  });

  it('is from either end', async () => {
    expect(await shown('')).toEqual([ids(0, 1, 2, 3), 4]);
    expect(await shown('sort=created_at')).toEqual([ids(0, 1, 2, 3), 4]);
    expect(await shown('sort=-created_at&offset=1&limit=2')).toEqual([ids(2, 1), 4]);
  });
});

describe.each(pathsOfLists)('GET %s refuses', (path) => {
  it.each([
    ['created_at_from', 'yesterday'],
    ['created_at_from', ''],
    ['created_at_to', '2026-02-30'],
    ['created_at_to', '2026-01-25T24:00:00Z'],
    ['created_at_to', '2026-01-25T12:00:00'],
    ['created_at_to', '1769342400'],
  ])('%s=%s, which is no time', async (name, value) => {
    const { status, json } = await gateway.call('GET', `${path}?${name}=${value}`);
    expect([status, json]).toMatchObject([
      422,
      {
        detail: [
          { loc: ['query', name], type: 'datetime_parsing', msg: expect.stringContaining('2026-01-25T12:00:00Z') },
        ],
      },
    ]);
  });

  it('a range that ends before it begins, as the audit does', async () => {
    const turned = `${path}?created_at_from=2026-01-25T12:00:00.001Z&created_at_to=2026-01-25T12:00:00Z`;
    expect(await gateway.call('GET', turned)).toMatchObject({
      status: 422,
      json: { detail: [{ loc: ['query', 'created_at_to'], type: 'value_error' }] },
    });
  });

  it.each(['name', '-updated_at', '+created_at', 'CREATED_AT', ''])(
    'sort=%s, and names what it takes',
    async (sort) => {
      expect(await gateway.call('GET', `${path}?sort=${encodeURIComponent(sort)}`)).toMatchObject({
        status: 422,
        json: {
          detail: [{ loc: ['query', 'sort'], type: 'enum', msg: 'Input should be "created_at" or "-created_at"' }],
        },
      });
    },
  );
});

describe('/openapi.json', () => {
  it('says of every list how it takes a range of time and an order', async () => {
    const document = (await gateway.call('GET', '/openapi.json')).json as OpenApiDocument;
    const lists = ussoContract.endpoints.filter(({ method, query }) => method === 'GET' && query !== undefined);
    for (const { path } of lists) {
      const { parameters = [] } = document.paths[path]?.get ?? {};
      const named = (name: string) => parameters.find((one) => one.name === name);
      expect([path, named('created_at_from'), named('created_at_to'), named('sort')]).toMatchObject([
        path,
        { description: expect.stringMatching(/inclusive/i), schema: { type: 'string' } },
        { description: expect.stringMatching(/inclusive/i), schema: { type: 'string' } },
        { schema: { enum: ['created_at', '-created_at'] } },
      ]);
    }
    const defaultOf = (path: string) =>
      document.paths[path]?.get?.parameters?.find(({ name }) => name === 'sort')?.schema.default;
    expect([defaultOf(users), defaultOf(`${basePath}/sessions`), defaultOf(`${places}/mine`)]).toEqual([
      'created_at',
      '-created_at',
      undefined,
    ]);
  });
});
