import { given } from '@evident/testing';
import { describe, test } from 'vitest';
import { reject } from '../decider.ts';
import { assertionDecider } from './decide.ts';

const data = {
  agentId: '00000000-0000-4000-8000-00000000000a',
  purpose: 'token',
  audience: 'your-app',
  scopes: ['read:sso/user'],
  generation: 1,
  expiresAt: 20,
} as const;
const take = { type: 'accept-assertion', ...data, now: 10 } as const;

describe('a statement of an agent', () => {
  test('is taken once, for whichever purpose', () => {
    given(assertionDecider, [])
      .when(take)
      .then([{ type: 'assertion.accepted', data: { ...data, scopes: [...data.scopes], acceptedAt: 10 } }]);
    given(assertionDecider, [])
      .when(take, { ...take, purpose: 'scopes' })
      .then(reject('assertion.used'));
  });
});
