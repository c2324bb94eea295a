import { succeed, verifyCredentials } from '@evident/contracts';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type RunningGateway, startGateway } from './start-gateway.fixture.ts';

/** Requests of the sweep. */
const runs = Number(process.env.GATEWAY_SWEEP_RUNS ?? 300);

let gateway: RunningGateway;
beforeAll(async () => {
  gateway = await startGateway();
  gateway.services.answer(verifyCredentials, () => succeed({ authorized: false, refusal: 'inactive' }));
});
afterAll(() => gateway.close());

const names = ['username', 'password', 'email', 'api_key', 'is_admin', 'is_active', 'name', 'url', 'grace_seconds'];
const value = fc.oneof(
  fc.jsonValue({ maxDepth: 5 }),
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme', maxLength: 50 }),
  fc.constantFrom('\0', '\ud800', 'a'.repeat(10_000), { $ne: null }, { $gt: '' }, [], -0, 1e308, 2 ** 53),
);
const body = fc.oneof(
  fc.dictionary(fc.oneof(fc.constantFrom(...names), fc.string()), value).map((object) => JSON.stringify(object)),
  fc.jsonValue().map((json) => JSON.stringify(json)),
  fc.string(),
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
);
const contentType = fc.oneof(
  { weight: 4, arbitrary: fc.constant('application/json') },
  fc.constantFrom(
    'application/x-www-form-urlencoded',
    'text/plain',
    'application/json;',
    ';',
    'a/b/c',
    'APPLICATION/JSON',
  ),
);
const segment = fc.oneof(
  fc.constantFrom('0', '-1', '5', '1e9', '9'.repeat(30), '%00', '..', '%2e%2e', '%2f', 'null', '٣', ' ', ';', '$where'),
  fc.string({ maxLength: 20 }),
);
const query = fc.webQueryParameters();

it('answers whatever is sent with less than 500, and every refusal in the shape of its contract', async () => {
  const paths = [
    '/verify',
    '/token',
    '/users/',
    '/users/{x}',
    '/users/{x}/assign/{y}',
    '/apps/{x}',
    '/apps/{x}/rotate-key',
  ];
  const request = fc.record({
    method: fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'PATCH'),
    path: fc.constantFrom(...paths),
    x: segment,
    y: segment,
    query,
    body,
    contentType,
    anonymous: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(request, async ({ method, path, x, y, query, body, contentType, anonymous }) => {
      const encoded = (text: string) => (text.startsWith('%') ? text : encodeURIComponent(text.toWellFormed()));
      const filled = path.replace('{x}', encoded(x)).replace('{y}', encoded(y));
      const { status, json, text } = await gateway.call(method, `${filled}?${query}`, {
        anonymous,
        ...(method === 'GET' ? {} : { body, headers: { 'content-type': contentType } }),
      });
      // A service without a script is away, which is 503: the request was good enough to be sent there.
      expect([status, text]).not.toEqual([500, expect.anything()]);
      if (status >= 400 && status !== 503) expect(json).toHaveProperty('detail');
      if (status === 422) expect(json).toEqual({ detail: expect.arrayContaining([problem]) });
    }),
    { numRuns: runs },
  );
  const faults = gateway.logLines.filter((line) => line.includes('"level":"error"'));
  expect(faults).toEqual([]);
});

const problem = { loc: expect.any(Array), msg: expect.any(String), type: expect.any(String) };
