import { fail } from '@evident/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { send } from './answer.ts';
import type { HttpFault } from './refusals.ts';
import type { UnknownRoutes } from './unknown-routes.ts';

/** Fastify's error codes for what a client did wrong (https://fastify.dev/docs/latest/Reference/Errors). */
const faultsOfClients: Readonly<Record<string, HttpFault>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'too-large',
  FST_ERR_BAD_URL: 'bad-request',
  FST_ERR_MAX_PARAM_LENGTH: 'bad-request',
};
const unreadable = { loc: ['body'], msg: 'Content-Type is malformed', type: 'content_type' };

/** Answers to errors that Fastify raises itself, in the words of the contract that the path belongs to. */
export class FaultAnswers {
  readonly #unknownRoutes: UnknownRoutes;

  constructor(unknownRoutes: UnknownRoutes) {
    this.#unknownRoutes = unknownRoutes;
  }

  /** @returns whether it is a fault of ours, answered 500, which belongs into the log. */
  send(error: unknown, request: FastifyRequest, reply: FastifyReply): boolean {
    const refusals = this.#unknownRoutes.refusalsFor(request.url);
    const { code, statusCode } = error as { code?: unknown; statusCode?: unknown };
    if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') {
      send(reply, refusals.invalid([unreadable]));
      return false;
    }
    const known = typeof code === 'string' ? faultsOfClients[code] : undefined;
    const isClientError = typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500;
    if (known !== undefined || isClientError) {
      send(reply, refusals.fault(known ?? 'bad-request'));
      return false;
    }
    send(reply, refusals.refuse(fail('fault.internal').error));
    return true;
  }
}
