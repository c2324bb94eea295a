import { fail, type ReplyError } from '@evident/contracts';
import type { Clock, Metrics } from '@evident/runtime';
import type { FastifyReply, onRequestHookHandler } from 'fastify';
import type { AccessCheck, AccessOutcome } from '../access/access-check.ts';
import { credentialOf, subjectOfApiKey } from '../access/credential.ts';
import type { AddressLimiter } from '../limits/address-limiter.ts';
import { clientAddress } from '../limits/client-address.ts';
import { isAmbiguous } from './ambiguous-request.ts';
import { send, withHeaders } from './answer.ts';
import type { Endpoint } from './endpoint.ts';
import type { Refusals } from './refusals.ts';
import { minPositionOf, requestForMs } from './request-context.ts';
import type { UnknownRoutes } from './unknown-routes.ts';

/** What is known of a request before its body is read. */
export interface Admitted {
  /** A token or an API key. */
  readonly credential: string;
  /** `user:<uuid>`; of an API key, which is not checked here, the `apikey:<uuid>` that it claims to be. */
  readonly subject: string;
  /** As demanded; with a token the list of ended tokens has passed it. */
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
  readonly publicUrl: string;
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
  publicUrl,
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
    if (isAmbiguous(request.raw)) {
      const refused = unknownRoutes.refusalsFor(request.url).fault('bad-request');
      send(reply, withHeaders(refused, { connection: 'close' }));
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
    const credential = credentialOf(request.headers, publicUrl);
    if (credential.kind === 'none') return refuse(reply, endpoint.refusals, { code: credential.code });
    const { position, malformed } = minPositionOf(request);
    const { text } = credential;
    if (credential.kind === 'api-key') {
      const subject = subjectOfApiKey(text);
      if (subject === undefined) return refuse(reply, endpoint.refusals, { code: 'caller.bad-credential' });
      if (malformed) return refuse(reply, endpoint.refusals, { code: 'log.unknown-position' });
      request.admitted = { credential: text, subject, minPosition: position };
      return done();
    }
    const outcome = access.check(text, { position, deadline: now() + requestForMs, anyApp: endpoint.anyApp === true });
    const settle = (settled: AccessOutcome) => {
      const checked = settled.ok && malformed ? fail('log.unknown-position') : settled;
      if (!checked.ok) return refuse(reply, endpoint.refusals, checked.error);
      request.admitted = { credential: text, subject: checked.claims.sub, minPosition: position };
      done();
    };
    if (outcome instanceof Promise) outcome.then(settle, done);
    else settle(outcome);
  };
}
