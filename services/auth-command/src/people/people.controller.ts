import type { RequestContext, RequestOf } from '@evident/contracts';
import * as contracts from '@evident/contracts';
import { Handles } from '@evident/transport';
import { Controller, Inject } from '@nestjs/common';
import { AUTH_COMMAND } from '../service-token.ts';
import type { PeopleCommands } from './people-commands.ts';

@Controller()
export class PeopleController {
  readonly #service: PeopleCommands;

  constructor(@Inject(AUTH_COMMAND) service: PeopleCommands) {
    this.#service = service;
  }

  @Handles(contracts.registerPerson)
  registerPerson(request: RequestOf<typeof contracts.registerPerson>, context: RequestContext) {
    return this.#service.registerPerson(request, context);
  }

  @Handles(contracts.createPerson)
  createPerson(request: RequestOf<typeof contracts.createPerson>, context: RequestContext) {
    return this.#service.createPerson(request, context);
  }

  @Handles(contracts.changePerson)
  changePerson(request: RequestOf<typeof contracts.changePerson>, context: RequestContext) {
    return this.#service.changePerson(request, context);
  }

  @Handles(contracts.removePerson)
  removePerson(request: RequestOf<typeof contracts.removePerson>, context: RequestContext) {
    return this.#service.removePerson(request, context);
  }

  @Handles(contracts.addIdentifier)
  addIdentifier(request: RequestOf<typeof contracts.addIdentifier>, context: RequestContext) {
    return this.#service.addIdentifier(request, context);
  }

  @Handles(contracts.changeIdentifier)
  changeIdentifier(request: RequestOf<typeof contracts.changeIdentifier>, context: RequestContext) {
    return this.#service.changeIdentifier(request, context);
  }

  @Handles(contracts.removeIdentifier)
  removeIdentifier(request: RequestOf<typeof contracts.removeIdentifier>, context: RequestContext) {
    return this.#service.removeIdentifier(request, context);
  }

  @Handles(contracts.addCredential)
  addCredential(request: RequestOf<typeof contracts.addCredential>, context: RequestContext) {
    return this.#service.addCredential(request, context);
  }

  @Handles(contracts.removeCredential)
  removeCredential(request: RequestOf<typeof contracts.removeCredential>, context: RequestContext) {
    return this.#service.removeCredential(request, context);
  }

  @Handles(contracts.changeOwnPassword)
  changeOwnPassword(request: RequestOf<typeof contracts.changeOwnPassword>, context: RequestContext) {
    return this.#service.changeOwnPassword(request, context);
  }

  @Handles(contracts.changeProfile)
  changeProfile(request: RequestOf<typeof contracts.changeProfile>, context: RequestContext) {
    return this.#service.changeProfile(request, context);
  }
}
