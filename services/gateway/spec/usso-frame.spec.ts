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
});
