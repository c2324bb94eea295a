import type { RequestContext, RequestOf } from '@evident/contracts';
import * as contracts from '@evident/contracts';
import { Handles } from '@evident/transport';
import { Controller, Inject } from '@nestjs/common';
import type { AuthCommand } from './auth-command.ts';
import { AUTH_COMMAND } from './service-token.ts';

@Controller()
export class AuthCommandController {
  readonly #service: AuthCommand;

  constructor(@Inject(AUTH_COMMAND) service: AuthCommand) {
    this.#service = service;
  }

  @Handles(contracts.verifyCredentials)
  verifyCredentials(request: RequestOf<typeof contracts.verifyCredentials>, context: RequestContext) {
    return this.#service.verifyCredentials(request, context);
  }

  @Handles(contracts.authenticate)
  authenticate(request: RequestOf<typeof contracts.authenticate>, context: RequestContext) {
    return this.#service.authenticate(request, context);
  }

  @Handles(contracts.registerUser)
  registerUser(request: RequestOf<typeof contracts.registerUser>, context: RequestContext) {
    return this.#service.registerUser(request, context);
  }

  @Handles(contracts.changeUser)
  changeUser(request: RequestOf<typeof contracts.changeUser>, context: RequestContext) {
    return this.#service.changeUser(request, context);
  }

  @Handles(contracts.removeUser)
  removeUser(request: RequestOf<typeof contracts.removeUser>, context: RequestContext) {
    return this.#service.removeUser(request, context);
  }

  @Handles(contracts.assignApp)
  assignApp(request: RequestOf<typeof contracts.assignApp>, context: RequestContext) {
    return this.#service.assignApp(request, context);
  }

  @Handles(contracts.unassignApp)
  unassignApp(request: RequestOf<typeof contracts.unassignApp>, context: RequestContext) {
    return this.#service.unassignApp(request, context);
  }

  @Handles(contracts.registerApp)
  registerApp(request: RequestOf<typeof contracts.registerApp>, context: RequestContext) {
    return this.#service.registerApp(request, context);
  }

  @Handles(contracts.changeApp)
  changeApp(request: RequestOf<typeof contracts.changeApp>, context: RequestContext) {
    return this.#service.changeApp(request, context);
  }

  @Handles(contracts.removeApp)
  removeApp(request: RequestOf<typeof contracts.removeApp>, context: RequestContext) {
    return this.#service.removeApp(request, context);
  }

  @Handles(contracts.rotateAppKey)
  rotateAppKey(request: RequestOf<typeof contracts.rotateAppKey>, context: RequestContext) {
    return this.#service.rotateAppKey(request, context);
  }

  @Handles(contracts.endSessions)
  endSessions(request: RequestOf<typeof contracts.endSessions>, context: RequestContext) {
    return this.#service.endSessions(request, context);
  }

  @Handles(contracts.createAgent)
  createAgent(request: RequestOf<typeof contracts.createAgent>, context: RequestContext) {
    return this.#service.createAgent(request, context);
  }

  @Handles(contracts.changeAgent)
  changeAgent(request: RequestOf<typeof contracts.changeAgent>, context: RequestContext) {
    return this.#service.changeAgent(request, context);
  }

  @Handles(contracts.removeAgent)
  removeAgent(request: RequestOf<typeof contracts.removeAgent>, context: RequestContext) {
    return this.#service.removeAgent(request, context);
  }

  @Handles(contracts.issueApiKey)
  issueApiKey(request: RequestOf<typeof contracts.issueApiKey>, context: RequestContext) {
    return this.#service.issueApiKey(request, context);
  }

  @Handles(contracts.revokeApiKey)
  revokeApiKey(request: RequestOf<typeof contracts.revokeApiKey>, context: RequestContext) {
    return this.#service.revokeApiKey(request, context);
  }
}
