import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { HealthChecks } from './health-checks.ts';
import type { Metrics } from './metrics.ts';
import { asStartupProblem } from './startup-problem.ts';

export interface HealthServerOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly health: HealthChecks;
  readonly metrics: Metrics;
}

export interface HealthServer {
  readonly port: number;
  /** Idempotent. */
  close(): Promise<void>;
}

/**
 * `/health`, `/ready` and `/metrics` of a service that has no HTTP of its own; see `HEALTH_PORT`. Nothing here needs a
 * credential, so it is to be bound where only balancers and scrapers reach it.
 *
 * Rejects with a `StartupProblem` where the port cannot be taken.
 */
export async function startHealthServer(options: HealthServerOptions): Promise<HealthServer> {
  const server = createServer((request, response) => {
    // A rejection that nobody hears would end the process.
    answer(request, response, options).catch(() => response.writeHead(500).end());
  });
  server.listen(options.port, options.host);
  await once(server, 'listening').catch((error: unknown) => {
    throw asStartupProblem(error, 'HEALTH_PORT');
  });
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function answer({ method, url }: IncomingMessage, response: ServerResponse, options: HealthServerOptions) {
  const send = (status: number, contentType: string, body: string) =>
    response.writeHead(status, { 'content-type': contentType, 'cache-control': 'no-store' }).end(body);
  const sendJson = (status: number, body: object) => send(status, 'application/json', JSON.stringify(body));
  const path = url?.split('?', 1)[0];
  if (method !== 'GET') sendJson(405, { status: 'method not allowed' });
  else if (path === '/health') sendJson(200, { status: 'ok' });
  else if (path === '/ready') {
    const { httpStatus, body } = await options.health.ready();
    sendJson(httpStatus, body);
  } else if (path === '/metrics') send(200, options.metrics.contentType, await options.metrics.render());
  else sendJson(404, { status: 'not found' });
}
