import { expect, it } from 'vitest';
import { createMetrics } from './metrics.ts';

it('renders each promised metric with its service', async () => {
  const metrics = createMetrics('gateway');
  metrics.requests.inc({ method: 'POST', route: '/verify', status: 200 });
  metrics.requestSeconds.observe({ method: 'POST', route: '/verify' }, 0.002);
  metrics.hashQueue.set(3);
  metrics.appends.inc({ outcome: 'appended' });
  metrics.projectionLagEvents.set({ projection: 'users' }, 0);
  metrics.feedLagEvents.set(7);
  metrics.signIns.inc({ outcome: 'failed', reason: 'wrong-password' });
  metrics.refusals.inc({ code: 'load.shed' });
  const text = await metrics.render();
  for (const line of [
    'evident_http_requests_total{method="POST",route="/verify",status="200",service="gateway"} 1',
    'evident_http_request_seconds_count{service="gateway",method="POST",route="/verify"} 1',
    'evident_hash_queue_length{service="gateway"} 3',
    'evident_appends_total{outcome="appended",service="gateway"} 1',
    'evident_projection_lag_events{projection="users",service="gateway"} 0',
    'evident_feed_lag_events{service="gateway"} 7',
    'evident_sign_ins_total{outcome="failed",reason="wrong-password",service="gateway"} 1',
    'evident_refusals_total{code="load.shed",service="gateway"} 1',
  ]) {
    expect(text).toContain(line);
  }
  expect(text).toMatch(/process_resident_memory_bytes\{service="gateway"\} \d+/);
});

it('keeps two registries of one process apart', async () => {
  createMetrics('a').refusals.inc({ code: 'load.shed' });
  expect(await createMetrics('b').render()).not.toContain('load.shed');
});
