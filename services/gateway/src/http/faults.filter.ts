import type { Logger } from '@evident/runtime';
import { type ArgumentsHost, Catch, type ExceptionFilter, NotFoundException } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { FaultAnswers } from './fault-answers.ts';

/** Errors that reached nobody else: Fastify's own while it reads a request, and faults of ours outside an endpoint. */
@Catch()
export class FaultsFilter implements ExceptionFilter {
  readonly #answers: FaultAnswers;
  readonly #logger: Logger;

  constructor(answers: FaultAnswers, logger: Logger) {
    this.#answers = answers;
    this.#logger = logger;
  }

  catch(exception: unknown, host: ArgumentsHost): void {
    // Faults of messages, in a process that answers those too, belong to the filter of the transport.
    if (host.getType() !== 'http') throw exception;
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    if (exception instanceof NotFoundException) {
      this.#answers.sendUnknown(request, reply);
      return;
    }
    const cause = exception instanceof Error && exception.cause instanceof Error ? exception.cause : exception;
    const isFault = this.#answers.send(cause, request, reply);
    if (isFault) this.#logger.error({ correlationId: request.id, error: cause }, 'A request failed by a fault.');
  }
}
