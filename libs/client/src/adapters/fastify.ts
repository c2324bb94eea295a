import type { TokenVerifier, VerifiedToken } from '../verify-token.ts';
import { admit, type Guarding } from './bearer.ts';

/** What it needs of Fastify 4 and 5. */
export interface FastifyRequestLike {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

export interface FastifyReplyLike {
  code(status: number): FastifyReplyLike;
  header(name: string, value: string): FastifyReplyLike;
  send(body: unknown): unknown;
}

const tokens = new WeakMap<object, VerifiedToken>();

/** The token of a request that `requireToken` let through. */
export function tokenOf(request: object): VerifiedToken | undefined {
  return tokens.get(request);
}

/** A `preHandler` or `onRequest` hook: lets a request with a valid token through; answers 401, 403 or 503 itself. */
export function requireToken(verifier: TokenVerifier, guarding: Guarding = {}) {
  return async (request: FastifyRequestLike, reply: FastifyReplyLike): Promise<unknown> => {
    const { authorization } = request.headers;
    const header = Array.isArray(authorization) ? authorization[0] : authorization;
    const admission = await admit(verifier, header, guarding);
    if (admission.admitted) {
      tokens.set(request, admission.token);
      return undefined;
    }
    if (admission.status === 401) reply.header('www-authenticate', 'Bearer');
    return reply.code(admission.status).send({ detail: admission.message });
  };
}
