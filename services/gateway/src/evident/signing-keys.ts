import {
  listSigningKeys,
  rotateSigningKeys,
  type SigningKeyObject,
  shownSigningKey,
  showSigningKey,
  signingKeyUse,
} from '@evident/contracts';
import { z } from 'zod';
import type { PublishedKeys } from '../access/published-keys.ts';
import { type Endpoint, endpoint } from '../http/endpoint.ts';
import { managing, told } from './ops-route.ts';

const tag = 'Keys';
const { promotes, retires } = shownSigningKey.shape;
const keyShape = shownSigningKey
  .extend({
    promotes: promotes.meta({ description: 'Of a published key: when it begins to sign.' }),
    retires: retires.meta({ description: 'Of a replaced key: when its last token is over and it goes.' }),
  })
  .meta({ id: 'SigningKey' });
const keysShape = z.array(keyShape);

/** What operators see of the keys that tokens are signed with, and do about them. */
export function signingKeys(published: Pick<PublishedKeys, 'changed'>): readonly Endpoint[] {
  return [list, rotate(published)];
}

const list = endpoint(
  {
    ...managing,
    tag,
    name: 'listSigningKeys',
    method: 'GET',
    path: '/ops/signing-keys',
    summary: 'Every signing key there was',
    answers: { 200: { means: 'The keys, oldest first.', shape: keysShape } },
  },
  async (_input, call) => told(await call.query(listSigningKeys, {}), ({ keys }) => answered(keys)),
);

function rotate(published: Pick<PublishedKeys, 'changed'>): Endpoint {
  return endpoint(
    {
      ...managing,
      tag,
      name: 'rotateSigningKeys',
      method: 'POST',
      path: '/ops/signing-keys/rotate',
      summary: 'Bring in the next signing keys',
      description:
        'The next key of each use is published now, and signs once every client must know it. One that is waiting already is the next one.',
      body: z.object({
        uses: z.array(signingKeyUse).min(1).max(2).nullish().meta({ description: 'Both, where it is absent.' }),
      }),
      optionalBody: true,
      bodyExample: { uses: ['access'] },
      answers: { 200: { means: 'The keys, oldest first.', shape: keysShape } },
    },
    async ({ body: { uses } }, call) => {
      const reply = await call.command(rotateSigningKeys, uses === undefined || uses === null ? {} : { uses });
      if (reply.ok) await published.changed();
      return told(reply, ({ keys }) => answered(keys));
    },
  );
}

function answered(keys: readonly SigningKeyObject[]) {
  return { status: 200, json: keys.map(showSigningKey) };
}
