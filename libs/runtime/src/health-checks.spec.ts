import { expect, it } from 'vitest';
import { HealthChecks, type Readiness } from './health-checks.ts';

function checks(readiness: Readonly<Record<string, () => Readiness | Promise<Readiness>>>, checkTimeoutMs = 1000) {
  const health = new HealthChecks({ checkTimeoutMs });
  for (const [name, check] of Object.entries(readiness)) health.add({ name, check });
  return health;
}

it('is ready when every check is', async () => {
  expect(await checks({ log: () => 'ok' }).ready()).toEqual({ httpStatus: 200, body: { status: 'ok', reasons: [] } });
});

it('serves on, degraded, when only something beside sign-in is missing', async () => {
  const ready = await checks({ log: () => 'ok', feed: () => ({ degraded: 'NATS is away' }) }).ready();
  expect(ready).toEqual({ httpStatus: 200, body: { status: 'degraded', reasons: ['feed: NATS is away'] } });
});

it('answers 503 with every reason, the worst first', async () => {
  const ready = await checks({ feed: () => ({ degraded: 'NATS is away' }), log: () => ({ down: 'is full' }) }).ready();
  expect(ready.httpStatus).toBe(503);
  expect(ready.body).toEqual({ status: 'down', reasons: ['log: is full', 'feed: NATS is away'] });
});

it('counts a check that throws as down and keeps its message to itself', async () => {
  const ready = await checks({ log: () => Promise.reject(new Error('password=hunter2')) }).ready();
  expect(ready.body).toEqual({ status: 'down', reasons: ['log: cannot be checked'] });
});

it('does not wait for a check that hangs', async () => {
  const ready = await checks({ log: () => new Promise<Readiness>(() => {}) }, 1).ready();
  expect(ready.body.reasons).toEqual(['log: does not answer']);
});

it('is not ready from the moment it stops', async () => {
  const health = checks({ log: () => 'ok' });
  health.stopping();
  expect((await health.ready()).httpStatus).toBe(503);
});
