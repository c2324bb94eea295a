import { z } from 'zod';
import { endpoint } from '../http/endpoint.ts';
import { basePath } from './base-path.ts';
import { ussoRefusals } from './refusals.ts';

export const health = [
  endpoint(
    {
      name: 'ssoHealth',
      method: 'GET',
      path: `${basePath}/health`,
      tag: 'SSO: operation',
      summary: 'Is the process alive?',
      access: 'public',
      rule: 'public',
      always: true,
      refusals: ussoRefusals,
      answers: { 200: { means: 'It lives.', shape: z.object({ status: z.literal('up') }) } },
    },
    () => ({ status: 200, json: { status: 'up' } }),
  ),
] as const;
