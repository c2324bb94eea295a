import { fail } from '@evident/contracts';
import type { Metrics } from '@evident/runtime';
import type { onRequestHookHandler } from 'fastify';
import { send } from './answer.ts';
import { TurnLine } from './turn-line.ts';
import type { UnknownRoutes } from './unknown-routes.ts';

export interface IntakeOptions {
  readonly unknownRoutes: UnknownRoutes;
  readonly headers: Readonly<Record<string, string>>;
  readonly metrics: Pick<Metrics, 'refusals'>;
  readonly line?: TurnLine;
}

/**
 * The hook in front of the admission: thousands of requests that arrive together are begun a few in each turn of the
 * event loop, so that health and readiness are answered between them. Those that wait hold their head and no body. Who
 * has hung up meanwhile is not begun.
 */
export function intake({
  unknownRoutes,
  headers,
  metrics,
  line = new TurnLine(),
}: IntakeOptions): onRequestHookHandler {
  return (request, reply, done) => {
    const endpoint = request.is404 ? undefined : request.routeOptions.config.endpoint;
    if (endpoint?.always === true) return done();
    const { socket } = request.raw;
    const begin = () => {
      if (!socket.destroyed) done();
    };
    if (line.enter(begin)) return;
    metrics.refusals.inc({ code: 'load.shed' });
    reply.headers(headers).header('x-request-id', request.id);
    const refusals = endpoint?.refusals ?? unknownRoutes.refusalsFor(request.url);
    send(reply, refusals.refuse(fail('load.shed', { retryAfterSeconds: 1 }).error));
  };
}
