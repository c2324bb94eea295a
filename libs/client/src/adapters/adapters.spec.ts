import { HttpException } from '@nestjs/common';
import fastify from 'fastify';
import { beforeAll, describe, expect, it } from 'vitest';
import { createFakeIssuer, type FakeIssuer } from '../testing/index.ts';
import type { VerifiedToken } from '../verify-token.ts';
import { type ExpressRequest, type ExpressResponse, requireToken as expressToken } from './express.ts';
import { requireToken as fastifyToken, tokenOf } from './fastify.ts';
import { EvidentGuard } from './nest.ts';

let issuer: FakeIssuer;
beforeAll(async () => {
  issuer = await createFakeIssuer();
});

const needed = { scopes: ['read:shop/order'] };
const subject = 'user:7f000000-0000-4000-8000-000000000001';

/** Asks with no token, a wrong one, one without the scope, and one with it. */
async function answers(ask: (authorization?: string) => Promise<unknown>): Promise<readonly unknown[]> {
  const weak = await issuer.issue({ subject, scopes: ['read:shop/cart', 'read:shop/order?user_id=7'] });
  const strong = await issuer.issue({ subject, scopes: ['*:shop/*'] });
  return [await ask(), await ask('Bearer x'), await ask(`Bearer ${weak}`), await ask(`Bearer ${strong}`)];
}

const expected = [401, 401, 403, subject];

describe('a guarded route', () => {
  it('of Express answers 401 and 403 itself, and lets a token with the scope through', async () => {
    const middleware = expressToken(issuer.verifier, needed);
    // Express itself is under the sample of the README, which runs from the packed package.
    const ask = async (authorization?: string) => {
      const request: ExpressRequest = { headers: authorization === undefined ? {} : { authorization } };
      let status = 200;
      const response: ExpressResponse = {
        status(code) {
          status = code;
          return response;
        },
        setHeader: () => response,
        json: () => response,
      };
      await middleware(request, response, () => undefined);
      return request.evident?.subject ?? status;
    };
    expect(await answers(ask)).toEqual(expected);
  });

  it.each([
    ['read:shop:cart/order', 'read:shop', 403],
    ['read:shop', 'read:shop:cart/order', 403],
    ['read:shop:cart/*', 'read:shop:cart/order', subject],
    ['*:shop:cart', 'read:shop:cart', subject],
  ])('takes a later colon as part of the path: %s for %s', async (held, wanted, expected) => {
    const guard = new EvidentGuard(issuer.verifier, { scopes: [wanted] });
    const headers = { authorization: `Bearer ${await issuer.issue({ subject, scopes: [held] })}` };
    const request: { headers: typeof headers; evident?: VerifiedToken } = { headers };
    const answer = await guard
      .canActivate({ switchToHttp: () => ({ getRequest: <Request>() => request as Request }) })
      .then(
        () => request.evident?.subject,
        (error: HttpException) => error.getStatus(),
      );
    expect(answer).toBe(expected);
  });

  it('of Fastify does the same', async () => {
    const app = fastify();
    app.get('/', { preHandler: fastifyToken(issuer.verifier, needed) }, async (request) => ({
      subject: tokenOf(request)?.subject,
    }));
    const ask = async (authorization?: string) => {
      const response = await app.inject({ url: '/', headers: authorization === undefined ? {} : { authorization } });
      return response.statusCode === 200 ? response.json().subject : response.statusCode;
    };
    expect(await answers(ask)).toEqual(expected);
    await app.close();
  });

  it('of Nest asks for a token where none counts, as the others do, and not where only the scope is missing', async () => {
    const app = fastify();
    app.get('/', async (request, reply) => {
      const http = { getRequest: () => request, getResponse: () => reply };
      const guard = new EvidentGuard(issuer.verifier, needed);
      const refused = await guard
        .canActivate({ switchToHttp: () => http as never })
        .catch((error: HttpException) => error);
      return refused instanceof HttpException ? reply.code(refused.getStatus()).send() : 'let in';
    });
    const asked = async (authorization?: string) => {
      const { statusCode, headers } = await app.inject({ url: '/', headers: authorization ? { authorization } : {} });
      return [statusCode, headers['www-authenticate']];
    };
    expect(await asked()).toEqual([401, 'Bearer']);
    expect(await asked('Bearer x')).toEqual([401, 'Bearer']);
    expect(await asked(`Bearer ${await issuer.issue({ subject })}`)).toEqual([403, undefined]);
    await app.close();
  });

  it('of Nest does the same', async () => {
    const guard = new EvidentGuard(issuer.verifier, needed);
    const ask = async (authorization?: string) => {
      const request: { headers: Record<string, string>; evident?: VerifiedToken } = {
        headers: authorization === undefined ? {} : { authorization },
      };
      try {
        await guard.canActivate({ switchToHttp: () => ({ getRequest: <Request>() => request as Request }) });
        return request.evident?.subject;
      } catch (error) {
        return error instanceof HttpException ? error.getStatus() : error;
      }
    };
    expect(await answers(ask)).toEqual(expected);
  });
});
