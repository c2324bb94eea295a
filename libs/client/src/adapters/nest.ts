import { HttpException } from '@nestjs/common';
import type { TokenVerifier, VerifiedToken } from '../verify-token.ts';
import { admit, type Guarding } from './bearer.ts';

interface NestRequest {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  evident?: VerifiedToken;
}

interface NestResponse {
  header(name: string, value: string): unknown;
}

/** What it needs of Nest's `ExecutionContext`. */
export interface NestContext {
  switchToHttp(): { getRequest<Request>(): Request; getResponse?<Response>(): Response };
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
    const http = context.switchToHttp();
    const request = http.getRequest<NestRequest>();
    const { authorization } = request.headers;
    const header = Array.isArray(authorization) ? authorization[0] : authorization;
    const admission = await admit(this.#verifier, header, this.#guarding);
    // Express and Fastify alike; it stays on the answer that the exception makes.
    if (!admission.admitted && admission.status === 401)
      http.getResponse?.<NestResponse>().header('WWW-Authenticate', 'Bearer');
    if (!admission.admitted) throw new HttpException({ detail: admission.message }, admission.status);
    request.evident = admission.token;
    return true;
  }
}
