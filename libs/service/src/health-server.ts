import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { HealthChecks, Metrics } from '@evident/runtime';

/** `/health`, `/ready` and `/metrics` of a service that has no HTTP of its own (api/evident.md), on loopback or a pod's address. */
export async function startHealthServer(
  host: string,
  port: number,
  health: HealthChecks,
  metrics: Metrics,
): Promise<Server> {
  const answer = async (path: string, response: ServerResponse) => {
    if (path === '/health') return send(response, 200, 'application/json', '{"status":"ok"}');
    if (path === '/metrics') return send(response, 200, metrics.contentType, await metrics.render());
    if (path !== '/ready') return send(response, 404, 'application/json', '{"detail":"Not Found"}');
    const { httpStatus, body } = await health.ready();
    return send(response, httpStatus, 'application/json', JSON.stringify(body));
  };
  const server = createServer((request, response) => {
    answer(request.url ?? '', response).catch(() => response.destroy());
  });
  server.unref();
  server.listen(port, host);
  await once(server, 'listening');
  return server;
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(body);
}
