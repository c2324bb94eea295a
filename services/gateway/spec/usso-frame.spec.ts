import { getPerson } from '@evident/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningGateway, startGateway } from './start-gateway.fixture.ts';

let gateway: RunningGateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway.close());

const base = '/api/sso/v1';

describe('below /api/sso/v1', () => {
  it.each([`${base}`, `${base}/`, `${base}/nope`, `${base}/users/x/y/z/nope`])(
    'the unknown %s is 404 in the shape of the contract',
    async (path) => {
      const { status, json } = await gateway.call('GET', path);
      expect({ status, json }).toEqual({
        status: 404,
        json: {
          error: 'Not Found',
          code: 'resource_not_found',
          error_code: 'resource_not_found',
          message: { en: 'Not Found' },
          detail: 'Not Found',
        },
      });
    },
  );

  it('another method is 405 with what is allowed', async () => {
    const { status, json, headers } = await gateway.call('PATCH', `${base}/health`, { json: {} });
    expect([status, headers.get('allow')]).toEqual([405, 'GET, HEAD, OPTIONS']);
    expect(json).toMatchObject({ code: 'method_not_allowed' });
  });

  it('/health says that the process is up', async () => {
    const { status, json } = await gateway.call('GET', `${base}/health`, { anonymous: true });
    expect({ status, json }).toEqual({ status: 200, json: { status: 'up' } });
  });

  const uid = '019a2f1e-7c1e-7b52-9a34-1c5e7d9b2f60';
  it.each([
    ['its prefix', `user:${uid}`],
    ['its prefix escaped', `user%3A${uid}`],
    ['its prefix escaped in small letters', `user%3a${uid}`],
    ['no prefix', uid],
    ['capitals', uid.toUpperCase()],
  ])('an id in a path is read with %s', async (_how, id) => {
    gateway.services.asked.length = 0;
    gateway.services.fail(getPerson, 'user.unknown');
    const { status, json } = await gateway.call('GET', `${base}/users/${id}`);
    expect({ status, json }).toMatchObject({ status: 404, json: { code: 'resource_not_found' } });
    expect(gateway.services.askedOf(getPerson)[0]?.payload).toEqual({ uid });
  });

  it('an id that nobody can have is asked for all the same, so that who may not ask learns nothing', async () => {
    gateway.services.asked.length = 0;
    gateway.services.fail(getPerson, 'caller.not-permitted', { details: { missing: 'read:sso/user' } });
    for (const id of ['5', 'role_x', `role_${uid}`, 'user:', 'user:nobody']) {
      const { status, json } = await gateway.call('GET', `${base}/users/${id}`);
      expect({ id, status, json }).toMatchObject({ id, status: 403, json: { missing: 'read:sso/user' } });
    }
    expect(gateway.services.askedOf(getPerson)).toHaveLength(5);
  });

  it('malformed JSON is 422 in the shape of the contract', async () => {
    const headers = { 'content-type': 'application/json' };
    const { status, json } = await gateway.call('POST', `${base}/auth/login`, { body: '{"identifier":', headers });
    expect({ status, json }).toMatchObject({
      status: 422,
      json: { code: 'validation_error', detail: [{ loc: ['body'], type: 'json_invalid' }] },
    });
  });

  it.each([
    ['workspace_roles', '{"identifier":"new.one","workspace_roles":{"__proto__":[]}}'],
    ['custom_claims', '{"identifier":"new.one","custom_claims":{"teams":[{"\\u005f_proto__":{"lead":true}}]}}'],
    ['custom_claims', '{"identifier":"new.one","custom_claims":{"constructor":{"prototype":{"lead":true}}}}'],
  ])('a name of a client’s own making that no object can have is refused in %s, not lost: %s', async (member, body) => {
    const headers = { 'content-type': 'application/json' };
    const { status, json } = await gateway.call('POST', `${base}/users`, { body, headers });
    expect({ status, json }).toMatchObject({
      status: 422,
      json: { code: 'validation_error', detail: [{ loc: ['body', member], type: 'value_error' }] },
    });
  });

  it('more than a body may have is 413 in the shape of the contract', async () => {
    const { status, json } = await gateway.call('POST', `${base}/auth/login`, { json: { x: 'a'.repeat(70_000) } });
    expect({ status, json }).toMatchObject({ status: 413, json: { code: 'request_too_large' } });
  });
});
