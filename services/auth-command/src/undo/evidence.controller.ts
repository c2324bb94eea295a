import { erasePerson, type RequestContext, type RequestOf, undoChanges } from '@evident/contracts';
import { Handles } from '@evident/transport';
import { Controller, Inject } from '@nestjs/common';
import type { AuthCommand } from '../auth-command.ts';
import { AUTH_COMMAND } from '../service-token.ts';

/** What auditors and those who answer for privacy may have done. */
@Controller()
export class EvidenceController {
  readonly #service: AuthCommand;

  constructor(@Inject(AUTH_COMMAND) service: AuthCommand) {
    this.#service = service;
  }

  @Handles(erasePerson)
  erasePerson(request: RequestOf<typeof erasePerson>, context: RequestContext) {
    return this.#service.erasePerson(request, context);
  }

  @Handles(undoChanges)
  undoChanges(request: RequestOf<typeof undoChanges>, context: RequestContext) {
    return this.#service.undoChanges(request, context);
  }
}
