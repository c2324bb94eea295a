import type { Metrics } from '@evident/runtime';
import { type Endpoint, endpoint } from '../http/endpoint.ts';
import { problems } from './problem.ts';

export function metricsPage(metrics: Metrics): Endpoint {
  return endpoint(
    {
      name: 'metrics',
      method: 'GET',
      path: '/metrics',
      tag: 'Operation',
      summary: 'Metrics for Prometheus',
      access: 'public',
      rule: 'public',
      always: true,
      refusals: problems,
      answers: { 200: { means: 'The text format of Prometheus.', type: 'text/plain' } },
    },
    async () => ({
      status: 200,
      text: await metrics.render(),
      headers: { 'content-type': metrics.contentType },
    }),
  );
}
