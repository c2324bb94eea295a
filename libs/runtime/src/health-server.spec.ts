import { Gauge } from 'prom-client';
import { afterEach, expect, it } from 'vitest';
import { HealthChecks } from './health-checks.ts';
import { type HealthServer, startHealthServer } from './health-server.ts';
import { createMetrics } from './metrics.ts';

let server: HealthServer | undefined;
afterEach(() => server?.close());

async function started() {
  const health = new HealthChecks();
  const metrics = createMetrics('auth-command');
  server = await startHealthServer({ host: '127.0.0.1', port: 0, health, metrics });
  const get = (path: string, init?: RequestInit) => fetch(`http://127.0.0.1:${server?.port}${path}`, init);
  return { health, metrics, get };
}

it('is alive while it answers, and ready as its checks say', async () => {
  const { health, get } = await started();
  expect((await get('/health')).status).toBe(200);
  expect(await (await get('/ready')).json()).toEqual({ status: 'ok', reasons: [] });
  health.add({ name: 'log', check: () => ({ down: 'is full' }) });
  const ready = await get('/ready');
  expect(ready.status).toBe(503);
  expect(await ready.json()).toEqual({ status: 'down', reasons: ['log: is full'] });
});

it('shows the metrics', async () => {
  const { get } = await started();
  const metrics = await get('/metrics?x=1');
  expect(metrics.headers.get('content-type')).toContain('text/plain');
  expect(await metrics.text()).toContain('evident_hash_queue_length');
});

it('says so where a metric cannot be read, as without a file descriptor left, and answers the next request', async () => {
  const { metrics, get } = await started();
  new Gauge({
    name: 'unreadable',
    help: 'Cannot be read.',
    registers: [metrics.registry],
    collect: () => {
      throw Object.assign(new Error('EMFILE: too many open files'), { code: 'EMFILE' });
    },
  });
  expect((await get('/metrics')).status).toBe(500);
  expect((await get('/health')).status).toBe(200);
});

it('answers nothing else', async () => {
  const { get } = await started();
  expect((await get('/')).status).toBe(404);
  expect((await get('/health', { method: 'POST' })).status).toBe(405);
});

it('says where the port is taken, and which variable names another', async () => {
  await started();
  const second = startHealthServer({
    host: '127.0.0.1',
    port: server?.port ?? 0,
    health: new HealthChecks(),
    metrics: createMetrics('auth-command'),
  });
  await expect(second).rejects.toMatchObject({
    message: `Port ${server?.port} on 127.0.0.1 is in use by another process.`,
    remedy: 'Stop that process, or set HEALTH_PORT to a free port, for example HEALTH_PORT=8100.',
  });
});
