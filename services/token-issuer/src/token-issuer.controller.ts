import {
  authenticateAgent,
  certifyErasure,
  getJwks,
  learnAgentScopes,
  listSigningKeys,
  logOut,
  openSession,
  type RequestContext,
  type RequestOf,
  refreshSession,
  revokeSession,
  rotateSigningKeys,
  verifyToken,
} from '@evident/contracts';
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

  @Handles(refreshSession)
  refreshSession(request: RequestOf<typeof refreshSession>, context: RequestContext) {
    return this.#issuer.refreshSession(request, context);
  }

  @Handles(logOut)
  logOut(request: RequestOf<typeof logOut>, context: RequestContext) {
    return this.#issuer.logOut(request, context);
  }

  @Handles(revokeSession)
  revokeSession(request: RequestOf<typeof revokeSession>, context: RequestContext) {
    return this.#issuer.revokeSession(request, context);
  }

  @Handles(verifyToken)
  verifyToken(request: RequestOf<typeof verifyToken>, context: RequestContext) {
    return this.#issuer.verifyToken(request, context);
  }

  @Handles(getJwks)
  getJwks() {
    return this.#issuer.getJwks();
  }

  @Handles(listSigningKeys)
  listSigningKeys(request: RequestOf<typeof listSigningKeys>, context: RequestContext) {
    return this.#issuer.listSigningKeys(request, context);
  }

  @Handles(rotateSigningKeys)
  rotateSigningKeys(request: RequestOf<typeof rotateSigningKeys>, context: RequestContext) {
    return this.#issuer.rotateSigningKeys(request, context);
  }

  @Handles(authenticateAgent)
  authenticateAgent(request: RequestOf<typeof authenticateAgent>, context: RequestContext) {
    return this.#issuer.authenticateAgent(request, context);
  }

  @Handles(learnAgentScopes)
  learnAgentScopes(request: RequestOf<typeof learnAgentScopes>, context: RequestContext) {
    return this.#issuer.learnAgentScopes(request, context);
  }

  @Handles(certifyErasure)
  certifyErasure(request: RequestOf<typeof certifyErasure>, context: RequestContext) {
    return this.#issuer.certifyErasure(request, context);
  }
}
