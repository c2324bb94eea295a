import type { RequestContext, RequestOf } from '@evident/contracts';
import * as contracts from '@evident/contracts';
import { Handles } from '@evident/transport';
import { Controller, Inject } from '@nestjs/common';
import { AUTH_COMMAND } from '../service-token.ts';
import type { AccessCommands } from './access-commands.ts';

@Controller()
export class AccessController {
  readonly #service: AccessCommands;

  constructor(@Inject(AUTH_COMMAND) service: AccessCommands) {
    this.#service = service;
  }

  @Handles(contracts.createRole)
  createRole(request: RequestOf<typeof contracts.createRole>, context: RequestContext) {
    return this.#service.createRole(request, context);
  }

  @Handles(contracts.changeRole)
  changeRole(request: RequestOf<typeof contracts.changeRole>, context: RequestContext) {
    return this.#service.changeRole(request, context);
  }

  @Handles(contracts.removeRole)
  removeRole(request: RequestOf<typeof contracts.removeRole>, context: RequestContext) {
    return this.#service.removeRole(request, context);
  }

  @Handles(contracts.createWorkspace)
  createWorkspace(request: RequestOf<typeof contracts.createWorkspace>, context: RequestContext) {
    return this.#service.createWorkspace(request, context);
  }

  @Handles(contracts.changeWorkspace)
  changeWorkspace(request: RequestOf<typeof contracts.changeWorkspace>, context: RequestContext) {
    return this.#service.changeWorkspace(request, context);
  }

  @Handles(contracts.removeWorkspace)
  removeWorkspace(request: RequestOf<typeof contracts.removeWorkspace>, context: RequestContext) {
    return this.#service.removeWorkspace(request, context);
  }

  @Handles(contracts.addMember)
  addMember(request: RequestOf<typeof contracts.addMember>, context: RequestContext) {
    return this.#service.addMember(request, context);
  }

  @Handles(contracts.removeMember)
  removeMember(request: RequestOf<typeof contracts.removeMember>, context: RequestContext) {
    return this.#service.removeMember(request, context);
  }
}
