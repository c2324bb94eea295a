import { fail } from '@evident/contracts';
import type { Clock, Logger, Metrics, Tracing } from '@evident/runtime';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ServiceCalls } from '../consistency/service-calls.ts';
import { type Answer, send } from './answer.ts';
import { Call } from './call.ts';
import { ClientFacts } from './client-facts.ts';
import { type Endpoint, isRead } from './endpoint.ts';
import { idempotencyKeyOf, requestContext, singleHeader } from './request-context.ts';
import { SharedTurn } from './shared-turn.ts';

export interface EndpointRunnerOptions {
  readonly services: ServiceCalls;
  readonly tenant: string;
  readonly publicUrl: string;
  readonly now: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Where requests are traced. */
  readonly tracing?: Tracing | undefined;
  /** Requests whose answer is being worked on; beyond, 503 at once. */
  readonly maxInFlight: number;
}

const keyProblem = {
  loc: ['header', 'Idempotency-Key'],
  msg: 'Should be 1 to 128 printable characters',
  type: 'string_pattern_mismatch',
};

/** Answers a request that was admitted and whose body was read. */
export class EndpointRunner {
  readonly #options: EndpointRunnerOptions;
  readonly #turn = new SharedTurn();
  #inFlight = 0;

  constructor(options: EndpointRunnerOptions) {
    this.#options = options;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  async run(endpoint: Endpoint, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    if (this.#inFlight >= this.#options.maxInFlight && endpoint.always !== true) {
      this.#options.metrics.refusals.inc({ code: 'load.shed' });
      send(reply, endpoint.refusals.refuse(fail('load.shed', { retryAfterSeconds: 1 }).error));
      return;
    }
    this.#inFlight += 1;
    try {
      if (endpoint.always !== true) await this.#turn.wait();
      send(reply, await this.#traced(endpoint, request));
    } catch (error) {
      const { method, path } = endpoint;
      this.#options.logger.error(
        { correlationId: request.id, method, route: path, error },
        'A request failed by a fault.',
      );
      send(reply, endpoint.refusals.refuse(fail('fault.internal').error));
    } finally {
      this.#inFlight -= 1;
    }
  }

  /** Probes and scrapes come by the second and cause nothing: they are no traces. */
  #traced(endpoint: Endpoint, request: FastifyRequest): Answer | Promise<Answer> {
    const { tracing } = this.#options;
    if (tracing === undefined || endpoint.always === true) return this.#answer(endpoint, request, undefined);
    const { method, path } = endpoint;
    return tracing.span(
      {
        name: `${method} ${path}`,
        kind: 'server',
        parent: singleHeader(request, 'traceparent'),
        attributes: {
          'http.request.method': method,
          'http.route': path,
          'evident.correlation_id': request.id,
        },
      },
      async (traceparent) => this.#answer(endpoint, request, traceparent),
      ({ status }) => ({ outcome: String(status), failed: status >= 500 }),
    );
  }

  #answer(endpoint: Endpoint, request: FastifyRequest, traceparent: string | undefined): Answer | Promise<Answer> {
    const { services, tenant, now, publicUrl } = this.#options;
    const client = new ClientFacts(request, publicUrl);
    const { admitted } = request;
    if (admitted === null)
      return endpoint.handle(
        request,
        new Call(services, requestContext(request, { tenant, now, traceparent }), undefined, client),
      );
    const reads = isRead(endpoint);
    // Counts for writes only; where nobody is authenticated it is ignored.
    const { key, malformed } = reads ? {} : idempotencyKeyOf(request);
    if (malformed) return endpoint.refusals.invalid([keyProblem]);
    const context = requestContext(request, {
      tenant,
      now,
      credential: admitted.credential,
      idempotencyKey: key,
      minPosition: reads ? admitted.minPosition : undefined,
      traceparent,
    });
    const call = new Call(services, context, admitted.subject, client);
    const { minPosition } = admitted;
    return minPosition === undefined
      ? endpoint.handle(request, call)
      : onceReached(endpoint, request, call, minPosition);
  }
}

async function onceReached(endpoint: Endpoint, request: FastifyRequest, call: Call, position: string): Promise<Answer> {
  const error = await call.reachDemanded(position);
  return error === undefined ? endpoint.handle(request, call) : endpoint.refusals.refuse(error);
}
