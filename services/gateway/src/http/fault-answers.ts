import { fail } from '@evident/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Answer, send } from './answer.ts';
import type { HttpFault } from './refusals.ts';
import type { UnknownRoutes } from './unknown-routes.ts';

/** Fastify's error codes for what a client did wrong (https://fastify.dev/docs/latest/Reference/Errors). */
const faultsOfClients: Readonly<Record<string, HttpFault>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'too-large',
  FST_ERR_BAD_URL: 'bad-request',
  FST_ERR_MAX_PARAM_LENGTH: 'bad-request',
};

/**
 * Answers to errors that Fastify and Nest raise themselves, in the words of the contract that the path belongs to. Some
 * come before any hook has run, so the headers that every answer has are set here again.
 */
export class FaultAnswers {
  readonly #unknownRoutes: UnknownRoutes;
  readonly #headers: Readonly<Record<string, string>>;

  constructor(unknownRoutes: UnknownRoutes, headers: Readonly<Record<string, string>>) {
    this.#unknownRoutes = unknownRoutes;
    this.#headers = headers;
  }

  /** @returns whether it is a fault of ours, answered 500, which belongs into the log. */
  send(error: unknown, request: FastifyRequest, reply: FastifyReply): boolean {
    const answer = this.#answerTo(error, request);
    reply.headers(this.#headers).header('x-request-id', request.id);
    send(reply, answer ?? this.#unknownRoutes.refusalsFor(request.url).refuse(fail('fault.internal').error));
    return answer === undefined;
  }

  /** A target that is no path (`OPTIONS *`, `GET users`), which Fastify's router would match by accident. */
  sendUnknown(request: FastifyRequest, reply: FastifyReply): void {
    reply.headers(this.#headers).header('x-request-id', request.id);
    send(reply, this.#unknownRoutes.answer(request.method, request.url));
  }

  #answerTo(error: unknown, request: FastifyRequest): Answer | undefined {
    const refusals = this.#unknownRoutes.refusalsFor(request.url);
    const { code, statusCode } = error as { code?: unknown; statusCode?: unknown };
    const known = typeof code === 'string' ? faultsOfClients[code] : undefined;
    const isClientError = typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500;
    return known !== undefined || isClientError ? refusals.fault(known ?? 'bad-request') : undefined;
  }
}
