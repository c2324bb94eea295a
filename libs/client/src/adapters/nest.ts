import { HttpException } from '@nestjs/common';
import type { TokenVerifier, VerifiedToken } from '../verify-token.ts';
import { admit, type Guarding } from './bearer.ts';

interface NestRequest {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  evident?: VerifiedToken;
}

/** What it needs of Nest's `ExecutionContext`. */
export interface NestContext {
  switchToHttp(): { getRequest<Request>(): Request };
}

/**
 * A guard: lets a request with a valid token through, as `request.evident`; throws an `HttpException` of 401, 403 or 503
 * otherwise. Use it as an instance: `@UseGuards(new EvidentGuard(verifier, { scopes: ['read:shop/order'] }))`.
 */
export class EvidentGuard {
  readonly #verifier: TokenVerifier;
  readonly #guarding: Guarding;

  constructor(verifier: TokenVerifier, guarding: Guarding = {}) {
    this.#verifier = verifier;
    this.#guarding = guarding;
  }

  async canActivate(context: NestContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<NestRequest>();
    const { authorization } = request.headers;
    const header = Array.isArray(authorization) ? authorization[0] : authorization;
    const admission = await admit(this.#verifier, header, this.#guarding);
    if (!admission.admitted) throw new HttpException({ detail: admission.message }, admission.status);
    request.evident = admission.token;
    return true;
  }
}
