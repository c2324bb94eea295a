import {
  assignApp,
  changeUser,
  getUser,
  listUsers,
  registerUser,
  removeUser,
  succeed,
  unassignApp,
} from '@evident/contracts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { jdoe, printedUser } from './objects.fixture.ts';
import { type RunningGateway, startGateway } from './start-gateway.fixture.ts';

let gateway: RunningGateway;
const printed = { ...printedUser, uid: jdoe.uid };

beforeAll(async () => {
  gateway = await startGateway();
});
beforeEach(() => {
  gateway.services.asked.length = 0;
});
afterAll(() => gateway.close());

const payload = (contract: Parameters<RunningGateway['services']['askedOf']>[0]) =>
  gateway.services.askedOf(contract)[0]?.payload;

describe('users', () => {
  it('lists by the defaults, with the number of all', async () => {
    gateway.services.answer(listUsers, ({ skip }) => succeed({ users: skip === 0 ? [jdoe] : [], total: 41 }));
    const { status, json, headers } = await gateway.call('GET', '/users/');
    expect({ status, json }).toEqual({ status: 200, json: [printed] });
    expect(headers.get('x-total-count')).toBe('41');
    expect(payload(listUsers)).toEqual({ skip: 0, limit: 100 });
  });

  it.each([
    ['skip=5&limit=1', { skip: 5, limit: 1 }],
    ['q=jd&is_active=false', { skip: 0, limit: 100, q: 'jd', isActive: false }],
    ['is_active=True', { skip: 0, limit: 100, isActive: true }],
    ['q=&unknown=1', { skip: 0, limit: 100 }],
  ])('lists by %s', async (query, expected) => {
    gateway.services.answer(listUsers, () => succeed({ users: [], total: 0 }));
    expect((await gateway.call('GET', `/users/?${query}`)).status).toBe(200);
    expect(payload(listUsers)).toEqual(expected);
  });

  it.each([
    ['limit=0', 'limit', 'greater_than_equal'],
    ['limit=1001', 'limit', 'less_than_equal'],
    ['limit=ten', 'limit', 'int_parsing'],
    ['limit=', 'limit', 'int_parsing'],
    ['limit=1.5', 'limit', 'int_parsing'],
    ['limit=1&limit=2', 'limit', 'string_type'],
    ['skip=-1', 'skip', 'greater_than_equal'],
    ['skip=99999999999999999999', 'skip', 'less_than_equal'],
    ['is_active=maybe', 'is_active', 'bool_parsing'],
    [`q=${'a'.repeat(321)}`, 'q', 'string_too_long'],
    ['q=%00', 'q', 'value_error'],
  ])('answers %s with 422', async (query, field, type) => {
    const { status, json } = await gateway.call('GET', `/users/?${query}`);
    expect({ status, json }).toMatchObject({ status: 422, json: { detail: [{ loc: ['query', field], type }] } });
  });

  it('pulls a long page piece by piece, and stops where the list does', async () => {
    gateway.services.answer(listUsers, ({ skip, limit }) =>
      succeed({ users: Array.from({ length: Math.min(limit, 250 - skip) }, () => jdoe), total: 250 }),
    );
    const { json, headers } = await gateway.call('GET', '/users/?limit=1000');
    expect(json).toHaveLength(250);
    expect(headers.get('x-total-count')).toBe('250');
    expect(gateway.services.askedOf(listUsers).map((one) => one.payload)).toEqual([
      { skip: 0, limit: 100 },
      { skip: 100, limit: 100 },
      { skip: 200, limit: 100 },
    ]);
  });

  it('creates', async () => {
    gateway.services.answer(registerUser, () => succeed(jdoe, 'log~3'));
    const json = { username: 'newuser', email: 'user@example.com', password: 'password123' };
    const answer = await gateway.call('POST', '/users/', { json });
    expect({ status: answer.status, json: answer.json }).toEqual({ status: 201, json: printed });
    expect(answer.headers.get('x-evident-position')).toBe('log~3');
    expect(payload(registerUser)).toEqual({ ...json, isAdmin: false });
  });

  it('reads one, with its apps', async () => {
    gateway.services.answer(getUser, () => succeed({ ...jdoe, apps: [1, 2] }));
    const { status, json } = await gateway.call('GET', '/users/5');
    expect({ status, json }).toEqual({ status: 200, json: { ...printed, apps: [1, 2] } });
    expect(payload(getUser)).toEqual({ id: 5 });
  });

  it.each([
    [{}, { id: 5 }],
    [{ email: null, username: null, password: null, is_active: null, is_admin: null }, { id: 5 }],
    [
      { email: 'new@example.com', is_active: false },
      { id: 5, email: 'new@example.com', isActive: false },
    ],
    [
      { username: 'n', is_admin: true, password: 'p', id: 9 },
      { id: 5, username: 'n', isAdmin: true, password: 'p' },
    ],
  ])('changes by %j', async (json, expected) => {
    gateway.services.answer(changeUser, () => succeed(jdoe, 'log~4'));
    const answer = await gateway.call('PUT', '/users/5', { json });
    expect({ status: answer.status, json: answer.json }).toEqual({ status: 200, json: printed });
    expect(payload(changeUser)).toEqual(expected);
  });

  it('removes', async () => {
    gateway.services.answer(removeUser, () => succeed({}, 'log~5'));
    const { status, text, headers } = await gateway.call('DELETE', '/users/5');
    expect({ status, text }).toEqual({ status: 204, text: '' });
    expect(headers.get('x-evident-position')).toBe('log~5');
    gateway.services.fail(removeUser, 'caller.not-authenticated');
  });

  it('assigns and unassigns', async () => {
    gateway.services.answer(assignApp, () => succeed({}, 'log~6'));
    gateway.services.answer(unassignApp, () => succeed({}, 'log~7'));
    const assigned = await gateway.call('POST', '/users/5/assign/2');
    const unassigned = await gateway.call('DELETE', '/users/5/assign/2/');
    expect(assigned).toMatchObject({ status: 200, json: { message: 'User assigned to application' } });
    expect(unassigned).toMatchObject({ status: 200, json: { message: 'User unassigned from application' } });
    expect([payload(assignApp), payload(unassignApp)]).toEqual([
      { userId: 5, appId: 2 },
      { userId: 5, appId: 2 },
    ]);
  });

  it('assigns whatever body comes along, for it needs none', async () => {
    const json = await gateway.call('POST', '/users/5/assign/2', { json: {} });
    const text = await gateway.call('POST', '/users/5/assign/2', {
      body: '{',
      headers: { 'content-type': 'text/plain' },
    });
    expect([json.status, text.status]).toEqual([200, 200]);
  });
});

describe('ids', () => {
  it.each(['abc', '5.0', '1e3', '+5', '%20', '5%00', 'null', '0x5', '٥', 'a'.repeat(10_000)])(
    'answers %s, which is no integer, with 422',
    async (id) => {
      const { status, json } = await gateway.call('GET', `/users/${id}`);
      expect({ status, json }).toMatchObject({
        status: 422,
        json: { detail: [{ loc: ['path', 'user_id'], type: 'int_parsing' }] },
      });
    },
  );

  it.each(['0', '-1', '9007199254740993', '9'.repeat(400)])(
    'asks for %s, which nobody can have, so that the service looks at the caller first',
    async (id) => {
      gateway.services.fail(getUser, 'user.unknown');
      const { status, json } = await gateway.call('GET', `/users/${id}`);
      expect({ status, json }).toEqual({ status: 404, json: { detail: 'User not found' } });
      expect((payload(getUser) as { id: number }).id).toBeLessThanOrEqual(0);
    },
  );

  it('names both ids of an assignment that are wrong', async () => {
    const { json } = await gateway.call('POST', '/users/x/assign/y');
    expect(json).toMatchObject({ detail: [{ loc: ['path', 'user_id'] }, { loc: ['path', 'app_id'] }] });
  });
});
