import { verifyToken as verifyTokenQuery } from '@evident/contracts';
import { z } from 'zod';
import { endpoint } from '../http/endpoint.ts';
import { text } from '../http/texts.ts';
import { found } from './answers.ts';
import { basePath } from './base-path.ts';
import { errorShape, ussoRefusals } from './refusals.ts';

/** The claims of a token, as its clients read them (reference/usso.md 3.2). */
export const claimsShape = z
  .looseObject({
    sub: z.string().meta({ examples: ['user:019a2f1e-7c1e-7b52-9a34-1c5e7d9b2f60'] }),
    iss: z.string().optional(),
    aud: z.string().optional(),
    token_type: z.string().optional(),
  })
  .meta({ id: 'SsoClaims' });

const asked = new Set(['access', 'refresh']);

export const verifyToken = endpoint(
  {
    name: 'ssoVerifyToken',
    method: 'POST',
    path: `${basePath}/auth/verify-token`,
    tag: 'SSO: authentication',
    summary: 'Does a token count now?',
    description: 'Asks more than its signature says: whether its session has ended, and its user may still sign in.',
    access: 'public',
    rule: 'public',
    refusals: ussoRefusals,
    body: z.object({
      token: text(1, 8_192),
      token_type: z
        .enum(['access', 'refresh', 'secure', 'one_time', 'temporary', 'unknown'])
        .nullish()
        .meta({ description: '`unknown`, as where it is absent: whichever it is.' }),
    }),
    bodyExample: { token: 'eyJhbGciOi…' },
    relayed: true,
    answers: {
      200: { means: 'It counts: its claims.', shape: claimsShape },
      401: { means: 'It does not, or is of another type.', shape: errorShape },
    },
  },
  async ({ body }, call) => {
    const { token, token_type: type } = body;
    const any = type === undefined || type === null || type === 'unknown';
    // Types that are never issued count for nothing.
    if (!any && !asked.has(type)) return ussoRefusals.refuse({ code: 'caller.bad-credential' });
    const wanted = type === 'access' || type === 'refresh' ? { tokenType: type } : {};
    return found(await call.send(verifyTokenQuery, { token, ...wanted }), ({ claims }) => claims);
  },
);
