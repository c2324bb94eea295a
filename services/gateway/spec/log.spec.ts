import { authenticate, getUser, openSession, succeed, verifyCredentials } from '@evident/contracts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { userId } from './issued-tokens.fixture.ts';
import { accessOnly, jdoe } from './objects.fixture.ts';
import { type RunningGateway, startGateway } from './start-gateway.fixture.ts';

let gateway: RunningGateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway.close());

it('writes neither secrets nor personal data, not even at its loudest and in faults', async () => {
  const { services, call, token, logLines } = gateway;
  const secrets = ['correct-horse', 'evk_secretapikey', 'agent-of-jdoe', 'jdoe', 'example.com', '203.0.113.9', token];
  const json = { username: 'jdoe', password: 'correct-horse', api_key: 'evk_secretapikey', client_ip: '203.0.113.9' };
  services.answer(verifyCredentials, () => succeed({ authorized: true, user: jdoe }, 'log~1'));
  await call('POST', '/verify', { json, headers: { 'user-agent': 'agent-of-jdoe' } });
  await call('POST', '/verify', { json: { ...json, username: ['jdoe'] } });
  services.answer(authenticate, () =>
    succeed({ userId, evidence: { stream: 's', revision: 1, ticket: 'correct-horse' } }),
  );
  services.answer(openSession, () => succeed(accessOnly(token, 60)));
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  await call('POST', '/token', { body: 'username=jdoe&password=correct-horse', headers: form });
  await call('GET', '/users/?q=jdoe@example.com');
  await call('GET', '/jdoe/correct-horse');
  services.answer(getUser, () => {
    throw new Error(`could not read jdoe@example.com with Bearer ${token} and password=correct-horse`);
  });
  await call('GET', '/users/5');
  await call('GET', '/health', { headers: { 'x-request-id': 'a request of mine' } });
  expect(logLines.length).toBeGreaterThan(6);
  const written = logLines.join('');
  for (const secret of secrets) expect(written).not.toContain(secret);
  expect(written).toContain('a request of mine');
});

it('names routes by their pattern, and each request by its id', async () => {
  const before = gateway.logLines.length;
  await gateway.call('DELETE', '/users/5/assign/9', { anonymous: true, headers: { 'x-request-id': 'trace-9' } });
  const [line] = gateway.logLines.slice(before).map((text) => JSON.parse(text));
  expect(line).toMatchObject({
    level: 'debug',
    method: 'DELETE',
    route: '/users/{user_id}/assign/{app_id}',
    status: 401,
    correlationId: 'trace-9',
  });
});
