import { fail, type ReplyError } from '@evident/contracts';
import type { Clock, Metrics } from '@evident/runtime';
import type { FastifyReply, onRequestHookHandler } from 'fastify';
import type { AccessCheck, AccessOutcome } from '../access/access-check.ts';
import { bearerToken } from '../access/bearer-token.ts';
import type { AddressLimiter } from '../limits/address-limiter.ts';
import { clientAddress } from '../limits/client-address.ts';
import { send } from './answer.ts';
import type { Endpoint } from './endpoint.ts';
import { hasOneHost } from './one-host.ts';
import type { Refusals } from './refusals.ts';
import { minPositionOf, requestForMs } from './request-context.ts';
import type { UnknownRoutes } from './unknown-routes.ts';

/** What is known of a request before its body is read. */
export interface Admitted {
  readonly token: string;
  /** `user:<uuid>` */
  readonly subject: string;
  readonly minPosition: string | undefined;
}

declare module 'fastify' {
  interface FastifyRequest {
    admitted: Admitted | null;
  }
  interface FastifyContextConfig {
    readonly endpoint?: Endpoint;
  }
}

export interface AdmissionOptions {
  readonly access: AccessCheck;
  /** Undefined where limits are off. */
  readonly limiter: AddressLimiter | undefined;
  readonly unknownRoutes: UnknownRoutes;
  readonly headers: Readonly<Record<string, string>>;
  readonly metrics: Metrics;
  readonly now: Clock;
}

/**
 * The one hook in front of every route, before the body is read: headers that every answer has, unknown routes, floods,
 * and on protected routes the caller. A hook rather than a Nest guard, because guards run after the body was parsed,
 * and 401 comes before anything else.
 */
export function admission({
  access,
  limiter,
  unknownRoutes,
  headers,
  metrics,
  now,
}: AdmissionOptions): onRequestHookHandler {
  const refuse = (reply: FastifyReply, refusals: Refusals, error: ReplyError) => {
    metrics.refusals.inc({ code: error.code });
    send(reply, refusals.refuse(error));
  };

  return (request, reply, done) => {
    reply.headers(headers);
    reply.header('x-request-id', request.id);
    if (!hasOneHost(request.raw)) {
      send(reply, unknownRoutes.refusalsFor(request.url).fault('bad-request'));
      return;
    }
    const endpoint = request.is404 ? undefined : request.routeOptions.config.endpoint;
    if (limiter?.isQuiet === false && endpoint?.always !== true) {
      const retryAfterSeconds = limiter.refusedFor(clientAddress(request));
      const refusals = endpoint?.refusals ?? unknownRoutes.refusalsFor(request.url);
      if (retryAfterSeconds > 0)
        return refuse(reply, refusals, { code: 'request.too-many-attempts', retryAfterSeconds });
    }
    if (endpoint === undefined) {
      if (!request.is404) return done();
      send(reply, unknownRoutes.answer(request.method, request.url));
      return;
    }
    if (endpoint.access === 'public') return done();
    const token = bearerToken(request.headers.authorization);
    if (token === undefined) return refuse(reply, endpoint.refusals, { code: 'caller.not-authenticated' });
    const { position, malformed } = minPositionOf(request);
    const outcome = access.check(token, position, now() + requestForMs);
    const settle = (settled: AccessOutcome) => {
      const checked = settled.ok && malformed ? fail('log.unknown-position') : settled;
      if (!checked.ok) return refuse(reply, endpoint.refusals, checked.error);
      request.admitted = { token, subject: checked.claims.sub, minPosition: position };
      done();
    };
    if (outcome instanceof Promise) outcome.then(settle, done);
    else settle(outcome);
  };
}
