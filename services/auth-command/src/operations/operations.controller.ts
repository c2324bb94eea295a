import type { RequestContext, RequestOf } from '@evident/contracts';
import * as contracts from '@evident/contracts';
import { Handles } from '@evident/transport';
import { Controller, Inject } from '@nestjs/common';
import type { OperationCommands } from './operation-commands.ts';

export const OPERATION_COMMANDS = Symbol('OperationCommands');

@Controller()
export class OperationsController {
  readonly #handlers: OperationCommands;

  constructor(@Inject(OPERATION_COMMANDS) handlers: OperationCommands) {
    this.#handlers = handlers;
  }

  @Handles(contracts.getReadiness)
  getReadiness(request: RequestOf<typeof contracts.getReadiness>, context: RequestContext) {
    return this.#handlers.getReadiness(request, context);
  }

  @Handles(contracts.requestRebuild)
  requestRebuild(request: RequestOf<typeof contracts.requestRebuild>, context: RequestContext) {
    return this.#handlers.requestRebuild(request, context);
  }

  @Handles(contracts.retryParkedEvent)
  retryParkedEvent(request: RequestOf<typeof contracts.retryParkedEvent>, context: RequestContext) {
    return this.#handlers.retryParkedEvent(request, context);
  }

  @Handles(contracts.discardParkedEvent)
  discardParkedEvent(request: RequestOf<typeof contracts.discardParkedEvent>, context: RequestContext) {
    return this.#handlers.discardParkedEvent(request, context);
  }

  @Handles(contracts.createWebhook)
  createWebhook(request: RequestOf<typeof contracts.createWebhook>, context: RequestContext) {
    return this.#handlers.createWebhook(request, context);
  }

  @Handles(contracts.changeWebhook)
  changeWebhook(request: RequestOf<typeof contracts.changeWebhook>, context: RequestContext) {
    return this.#handlers.changeWebhook(request, context);
  }

  @Handles(contracts.pauseWebhook)
  pauseWebhook(request: RequestOf<typeof contracts.pauseWebhook>, context: RequestContext) {
    return this.#handlers.pauseWebhook(request, context);
  }

  @Handles(contracts.resumeWebhook)
  resumeWebhook(request: RequestOf<typeof contracts.resumeWebhook>, context: RequestContext) {
    return this.#handlers.resumeWebhook(request, context);
  }

  @Handles(contracts.replayWebhook)
  replayWebhook(request: RequestOf<typeof contracts.replayWebhook>, context: RequestContext) {
    return this.#handlers.replayWebhook(request, context);
  }

  @Handles(contracts.removeWebhook)
  removeWebhook(request: RequestOf<typeof contracts.removeWebhook>, context: RequestContext) {
    return this.#handlers.removeWebhook(request, context);
  }
}
