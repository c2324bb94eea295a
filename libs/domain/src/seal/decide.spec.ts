import { given } from '@evident/testing';
import { describe, expect, test } from 'vitest';
import { reject } from '../decider.ts';
import { type Seal, sealDecider } from './index.ts';

const hash = 'a'.repeat(64);
const seal: Seal = {
  number: 1,
  before: 0,
  count: 10,
  from: 'log~1',
  to: 'log~a',
  merkleRoot: hash,
  previous: null,
  at: 1,
  kid: 'k',
  publicKey: 'p',
  signature: 's',
};
const next: Seal = { ...seal, number: 2, before: 10, previous: hash };
const sealed = (data: Seal) => ({ type: 'log.sealed', data }) as const;

describe('seals of the log', () => {
  test('follow each other without a gap', () => {
    given(sealDecider, [])
      .when({ type: 'seal-log', seal })
      .then([sealed(seal)]);
    given(sealDecider, [sealed(seal)])
      .when({ type: 'seal-log', seal: next })
      .then([sealed(next)]);
    expect(given(sealDecider, [sealed(seal)]).when({ type: 'seal-log', seal: next }).state.last).toEqual(next);
  });

  test('of a sealer that was overtaken are refused, also its own again', () => {
    const overtaken = reject('seal.overtaken', { number: 2, before: 10 });
    given(sealDecider, [sealed(seal)])
      .when({ type: 'seal-log', seal })
      .then(overtaken);
    given(sealDecider, [sealed(seal)])
      .when({ type: 'seal-log', seal: { ...next, before: 9 } })
      .then(overtaken);
    given(sealDecider, [sealed(seal)])
      .when({ type: 'seal-log', seal: { ...next, number: 3 } })
      .then(overtaken);
    given(sealDecider, [])
      .when({ type: 'seal-log', seal: next })
      .then(reject('seal.overtaken', { number: 1, before: 0 }));
  });
});
