import type { Logger, Metrics } from '@evident/runtime';
import type { FastifyReply, FastifyRequest, onResponseHookHandler } from 'fastify';
import { type AddressLimiter, refusalPoints } from '../limits/address-limiter.ts';
import { clientAddress } from '../limits/client-address.ts';

/** Methods that may be a label: a caller can invent others. */
const countedMethods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH']);
const unknownRoute = 'unknown';

export interface ObservationOptions {
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly limiter: AddressLimiter | undefined;
}

/** After each answer: counted, timed, logged by route pattern (never the URL), and held against a flooding address. */
export function observation({ metrics, logger, limiter }: ObservationOptions): onResponseHookHandler {
  return (request, reply, done) => {
    const route = request.routeOptions.config.endpoint?.path ?? unknownRoute;
    const method = countedMethods.has(request.method) ? request.method : 'other';
    const status = reply.statusCode;
    const milliseconds = reply.elapsedTime;
    metrics.requests.inc({ method, route, status });
    metrics.requestSeconds.observe({ method, route }, milliseconds / 1_000);
    // Never louder than debug: what is a fault was logged where it happened, and a flood of refusals must not be one of
    // the log as well.
    const durationMs = Math.round(milliseconds);
    logger.debug({ method, route, status, durationMs, correlationId: request.id }, 'Answered.');
    if (limiter !== undefined && status >= 400) holdAgainst(limiter, request, reply);
    done();
  };
}

function holdAgainst(limiter: AddressLimiter, request: FastifyRequest, { statusCode }: FastifyReply): void {
  // An API key is let in unseen: whether its bearer was anyone is known by the answer alone.
  if (request.admitted !== null && statusCode !== 401) return;
  const { endpoint } = request.routeOptions.config;
  if (endpoint?.relayed === true) return;
  const points = pointsFor(statusCode, endpoint?.access === 'public');
  if (points > 0) void limiter.count(clientAddress(request), points);
}

function pointsFor(status: number, isPublic: boolean): number {
  if (status === 401) return isPublic ? refusalPoints.passwordRefused : refusalPoints.unauthenticated;
  return status === 404 || status === 405 || status === 413 ? refusalPoints.stray : 0;
}
