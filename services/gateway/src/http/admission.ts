import { fail, type Reply, type ReplyError, succeed } from '@evident/contracts';
import type { Clock, Metrics } from '@evident/runtime';
import type { FastifyRequest, onRequestHookHandler } from 'fastify';
import type { AccessCheck, AccessOutcome } from '../access/access-check.ts';
import { credentialOf, subjectOfApiKey } from '../access/credential.ts';
import type { AddressLimiter } from '../limits/address-limiter.ts';
import { clientAddress } from '../limits/client-address.ts';
import { isAmbiguous } from './ambiguous-request.ts';
import { type Answer, send, withHeaders } from './answer.ts';
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
export function admission(options: AdmissionOptions): onRequestHookHandler {
  const { limiter, unknownRoutes, headers, metrics } = options;

  return (request, reply, done) => {
    reply.headers(headers);
    reply.header('x-request-id', request.id);
    const endpoint = request.is404 ? undefined : request.routeOptions.config.endpoint;
    const turnedAway = answerToAnyone(request, endpoint);
    if (turnedAway !== undefined) return send(reply, turnedAway);
    if (endpoint?.access !== 'bearer') return done();

    const settle = (caller: Reply<Admitted>) => {
      if (!caller.ok) return send(reply, refused(endpoint.refusals, caller.error));
      request.admitted = caller.value;
      done();
    };
    const caller = callerOf(request, endpoint, options);
    if (caller instanceof Promise) caller.then(settle, done);
    else settle(caller);
  };

  /** What stands against a request, whoever sent it. */
  function answerToAnyone(request: FastifyRequest, endpoint: Endpoint | undefined): Answer | undefined {
    const { is404, method, url } = request;
    const refusals = endpoint?.refusals ?? unknownRoutes.refusalsFor(url);
    if (isAmbiguous(request.raw)) return withHeaders(refusals.fault('bad-request'), { connection: 'close' });
    const retryAfterSeconds = endpoint?.always === true ? 0 : floodedFor(request);
    if (retryAfterSeconds > 0) return refused(refusals, { code: 'request.too-many-attempts', retryAfterSeconds });
    return is404 ? unknownRoutes.answer(method, url) : undefined;
  }

  /** Seconds for which the address of a request is refused. Nobody's is looked at while none floods. */
  function floodedFor(request: FastifyRequest): number {
    return limiter === undefined || limiter.isQuiet ? 0 : limiter.refusedFor(clientAddress(request));
  }

  function refused(refusals: Refusals, error: ReplyError): Answer {
    metrics.refusals.inc({ code: error.code });
    return refusals.refuse(error);
  }
}

/** Who calls a protected route. A token is checked here, at once in the common case; an API key is taken at its word. */
function callerOf(
  request: FastifyRequest,
  { anyApp = false }: Endpoint,
  { access, publicUrl, now }: Pick<AdmissionOptions, 'access' | 'publicUrl' | 'now'>,
): Reply<Admitted> | Promise<Reply<Admitted>> {
  const credential = credentialOf(request.headers, publicUrl);
  if (credential.kind === 'none') return fail(credential.code);
  const { text } = credential;
  const demanded = minPositionOf(request);
  if (credential.kind === 'api-key') {
    const subject = subjectOfApiKey(text);
    return subject === undefined ? fail('caller.bad-credential') : admitted(text, subject, demanded);
  }
  const judged = (outcome: AccessOutcome) => (outcome.ok ? admitted(text, outcome.claims.sub, demanded) : outcome);
  const outcome = access.check(text, { position: demanded.position, deadline: now() + requestForMs, anyApp });
  return outcome instanceof Promise ? outcome.then(judged) : judged(outcome);
}

/** Only somebody is told that no server ever printed the position that they demand. */
function admitted(
  credential: string,
  subject: string,
  { position, malformed }: ReturnType<typeof minPositionOf>,
): Reply<Admitted> {
  return malformed ? fail('log.unknown-position') : succeed({ credential, subject, minPosition: position });
}
