import { publicJwk } from '@evident/contracts';
import { z } from 'zod';
import type { PublishedKeys } from '../access/published-keys.ts';
import { type Endpoint, endpoint } from '../http/endpoint.ts';
import { problems } from './problem.ts';

/** The public keys (RFC 7517), from the gateway's own cache: whoever checks tokens asks here, often all at once. */
export function jwks(keys: PublishedKeys): Endpoint {
  return endpoint(
    {
      name: 'jwks',
      method: 'GET',
      path: '/.well-known/jwks.json',
      tag: 'Keys',
      summary: 'The keys that tokens are signed with',
      access: 'public',
      rule: 'public',
      refusals: problems,
      answers: {
        200: {
          means: 'A JSON Web Key Set.',
          shape: z.object({ keys: z.array(publicJwk) }),
          headers: { 'Cache-Control': 'A new key is here for longer than this before it signs.' },
        },
      },
    },
    async () => {
      const set = await keys.published();
      if ('code' in set) return problems.refuse(set);
      return { status: 200, json: { keys: set.keys }, headers: { 'cache-control': 'public, max-age=3600' } };
    },
  );
}
