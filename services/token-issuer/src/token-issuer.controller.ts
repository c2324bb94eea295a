import { getJwks, openSession, type RequestContext, type RequestOf } from '@evident/contracts';
import { Handles } from '@evident/transport';
import { Controller, Inject } from '@nestjs/common';
import type { TokenIssuer } from './token-issuer.ts';

export const TOKEN_ISSUER = Symbol('TokenIssuer');

@Controller()
export class TokenIssuerController {
  readonly #issuer: TokenIssuer;

  constructor(@Inject(TOKEN_ISSUER) issuer: TokenIssuer) {
    this.#issuer = issuer;
  }

  @Handles(openSession)
  openSession(request: RequestOf<typeof openSession>, context: RequestContext) {
    return this.#issuer.openSession(request, context);
  }

  @Handles(getJwks)
  getJwks() {
    return this.#issuer.getJwks();
  }
}
