import type { TokenVerifier, VerifiedToken } from '../verify-token.ts';
import { admit, type Guarding } from './bearer.ts';

/** What it needs of Express 4 and 5. */
export interface ExpressRequest {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  evident?: VerifiedToken;
}

export interface ExpressResponse {
  status(code: number): ExpressResponse;
  setHeader(name: string, value: string): unknown;
  json(body: unknown): unknown;
}

/** Middleware: lets a request with a valid token through, as `request.evident`; answers 401, 403 or 503 itself. */
export function requireToken(verifier: TokenVerifier, guarding: Guarding = {}) {
  return async (request: ExpressRequest, response: ExpressResponse, next: (error?: unknown) => void): Promise<void> => {
    try {
      const { authorization } = request.headers;
      const header = Array.isArray(authorization) ? authorization[0] : authorization;
      const admission = await admit(verifier, header, guarding);
      if (admission.admitted) {
        request.evident = admission.token;
        next();
        return;
      }
      if (admission.status === 401) response.setHeader('WWW-Authenticate', 'Bearer');
      response.status(admission.status).json({ detail: admission.message });
    } catch (error) {
      next(error);
    }
  };
}
