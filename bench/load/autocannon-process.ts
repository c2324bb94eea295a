// The process that asks: takes one plan, says what it saw, and ends.
import autocannon from 'autocannon';
import type { Load, Seen } from './plan.ts';

process.once('message', async ({ url, connections, seconds, requests }: Load) => {
  const result = await autocannon({
    url,
    connections,
    duration: seconds,
    timeout: 30,
    requests: requests.map(({ method, path, headers, body }) => ({ method, path, headers, body })),
  });
  const { latency, non2xx, errors } = result;
  const seen: Seen = {
    perSecond: result['2xx'] / result.duration,
    p50: latency.p50,
    p99: latency.p99,
    answers: result['2xx'] + non2xx,
    refused: non2xx + errors,
  };
  process.send?.(seen);
  process.disconnect();
});
