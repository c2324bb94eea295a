import {
  changeApp,
  getApp,
  listApps,
  listAppUsers,
  registerApp,
  removeApp,
  rotateAppKey,
  succeed,
} from '@evident/contracts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { jdoe, openProject, printedApp, printedUser } from './objects.fixture.ts';
import { type RunningGateway, startGateway } from './start-gateway.fixture.ts';

let gateway: RunningGateway;
const payload = (contract: Parameters<RunningGateway['services']['askedOf']>[0]) =>
  gateway.services.askedOf(contract)[0]?.payload;

beforeAll(async () => {
  gateway = await startGateway();
});
beforeEach(() => {
  gateway.services.asked.length = 0;
});
afterAll(() => gateway.close());

describe('apps', () => {
  it('lists, without keys', async () => {
    gateway.services.answer(listApps, () => succeed({ apps: [openProject], total: 1 }));
    const { status, json, headers } = await gateway.call('GET', '/apps/?limit=7');
    expect({ status, json }).toEqual({ status: 200, json: [printedApp] });
    expect(headers.get('x-total-count')).toBe('1');
    expect(payload(listApps)).toEqual({ skip: 0, limit: 7 });
  });

  it('registers, and shows the key', async () => {
    gateway.services.answer(registerApp, () => succeed({ ...openProject, apiKey: 'evk_secret' }, 'log~1'));
    const { status, json } = await gateway.call('POST', '/apps/', {
      json: { name: 'OpenProject', url: 'https://openproject.nabd-co.com' },
    });
    expect({ status, json }).toEqual({ status: 201, json: { ...printedApp, api_key: 'evk_secret' } });
    expect(payload(registerApp)).toEqual({ name: 'OpenProject', url: 'https://openproject.nabd-co.com' });
  });

  it('reads, changes and removes one', async () => {
    gateway.services.answer(getApp, () => succeed(openProject));
    gateway.services.answer(changeApp, () => succeed(openProject, 'log~2'));
    gateway.services.answer(removeApp, () => succeed({}, 'log~3'));
    expect(await gateway.call('GET', '/apps/2')).toMatchObject({ status: 200, json: printedApp });
    const changed = await gateway.call('PUT', '/apps/2', { json: { is_active: false, name: null } });
    expect(changed).toMatchObject({ status: 200, json: printedApp });
    expect(payload(changeApp)).toEqual({ id: 2, isActive: false });
    expect(await gateway.call('DELETE', '/apps/2')).toMatchObject({ status: 204, text: '' });
  });

  it.each([
    [undefined, 0, null, null],
    [{}, 0, null, null],
    [{ grace_seconds: null }, 0, null, null],
    [{ grace_seconds: 3600 }, 3600, Date.UTC(2026, 0, 25, 13), '2026-01-25T13:00:00'],
  ])('rotates its key with %j', async (json, graceSeconds, previousKeyExpiresAt, printed) => {
    gateway.services.answer(rotateAppKey, () => succeed({ apiKey: 'evk_new', previousKeyExpiresAt }, 'log~4'));
    const answer = await gateway.call('POST', '/apps/2/rotate-key', json === undefined ? {} : { json });
    expect({ status: answer.status, json: answer.json }).toEqual({
      status: 200,
      json: { api_key: 'evk_new', previous_key_expires_at: printed },
    });
    expect(payload(rotateAppKey)).toEqual({ id: 2, graceSeconds });
  });

  it.each([[-1], [604_801], [1.5], ['3600'], [true]])('answers a grace of %j with 422', async (grace) => {
    const { status, json } = await gateway.call('POST', '/apps/2/rotate-key', { json: { grace_seconds: grace } });
    expect({ status, json }).toMatchObject({ status: 422, json: { detail: [{ loc: ['body', 'grace_seconds'] }] } });
  });

  it('lists the users of one', async () => {
    gateway.services.answer(listAppUsers, () => succeed({ users: [jdoe], total: 1 }));
    const { status, json, headers } = await gateway.call('GET', '/apps/2/users');
    expect({ status, json }).toEqual({ status: 200, json: [{ ...printedUser, uid: jdoe.uid }] });
    expect(headers.get('x-total-count')).toBe('1');
    expect(payload(listAppUsers)).toEqual({ id: 2, skip: 0, limit: 100 });
  });

  it.each(['GET', 'PUT', 'DELETE'])('answers an id that is no integer with 422 on %s', async (method) => {
    const { status, json } = await gateway.call(method, '/apps/x', method === 'PUT' ? { json: {} } : {});
    expect({ status, json }).toMatchObject({ status: 422, json: { detail: [{ loc: ['path', 'app_id'] }] } });
  });
});
