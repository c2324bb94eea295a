import { given } from '@evident/testing';
import { describe, expect, test } from 'vitest';
import { reject } from '../decider.ts';
import { type ExpireSignIns, type Expiry, retentionDecider } from './index.ts';

const day = 86_400_000;
const attempt = (number: number, id: string, revision: number) => ({
  ...{ number, id, revision, position: `log~${number}`, recordedAt: number },
  digest: 'a'.repeat(64),
});
const expiry: Expiry = {
  after: 0,
  upTo: 9,
  before: 10,
  total: 3,
  attempts: [attempt(3, 'x', 0), attempt(5, 'y', 0), attempt(9, 'x', 1)],
  letGo: [{ id: 'x', upTo: 0 }],
  late: [],
  at: 30 * day,
  kid: 'k',
  publicKey: 'p',
  signature: 's',
};
const expire = (changed: Partial<Expiry> = {}, sealedUpTo = 9): ExpireSignIns => ({
  type: 'expire-sign-ins',
  expiry: { ...expiry, ...changed },
  sealedUpTo,
});
const expired = { type: 'signin.expired', data: expiry } as const;

describe('attempts', () => {
  test('expire in the order of the log, one stretch after the other', () => {
    const next = { after: 9, upTo: 12, total: 4, attempts: [attempt(12, 'x', 2)], before: 13, letGo: [] };
    given(retentionDecider, []).when(expire()).then([expired]);
    given(retentionDecider, [expired])
      .when(expire(next, 20))
      .then([{ type: 'signin.expired', data: { ...expiry, ...next } }]);
    expect(given(retentionDecider, [expired]).when(expire(next, 20)).state).toEqual({ upTo: 12, total: 4, before: 13 });
  });

  test('expire once, whoever else is at it', () => {
    given(retentionDecider, [expired])
      .when(expire())
      .then(reject('retention.overtaken', { after: 9 }));
  });

  test('expire once a seal is over them, and not before', () => {
    given(retentionDecider, [])
      .when(expire({}, 8))
      .then(reject('retention.not-sealed', { sealedUpTo: 8 }));
  });

  test('that a limit may still ask about never expire', () => {
    const memory = day + 30 * 60_000;
    given(retentionDecider, [])
      .when(expire({ at: memory + 9 }))
      .then(reject('retention.too-young', { before: 9 }));
    given(retentionDecider, [])
      .when(expire({ before: 9 }))
      .then(reject('retention.too-young', { before: 30 * day - memory }));
  });

  test('may expire the moment that no limit asks about them any more', () => {
    const at = day + 30 * 60_000 + expiry.before;
    given(retentionDecider, [])
      .when(expire({ at }))
      .then([{ type: 'signin.expired', data: { ...expiry, at } }]);
  });

  test('of a stream go up to the last that is listed, where later ones hold its place', () => {
    const letGo = [{ id: 'x', upTo: 1 }];
    given(retentionDecider, [])
      .when(expire({ letGo }))
      .then([{ type: 'signin.expired', data: { ...expiry, letGo } }]);
  });

  test.each<[string, Partial<Expiry>]>([
    ['ends elsewhere', { upTo: 8 }],
    ['is not in the order of the log', { attempts: expiry.attempts.toReversed() }],
    ['goes back', { attempts: [attempt(5, 'x', 0), attempt(3, 'y', 0), attempt(9, 'x', 1)] }],
    ['names one event twice', { attempts: [attempt(5, 'x', 0), attempt(5, 'y', 0), attempt(9, 'x', 1)] }],
    ['counts wrongly', { total: 4 }],
    ['leaves out an attempt of a stream', { attempts: [attempt(3, 'x', 0), attempt(5, 'y', 0), attempt(9, 'x', 2)] }],
    ['lets go of more than it lists', { letGo: [{ id: 'x', upTo: 2 }] }],
    ['lets go of a stream that it does not list', { letGo: [{ id: 'z', upTo: 0 }] }],
  ])('do not expire by a list that %s', (_what, changed) => {
    given(retentionDecider, []).when(expire(changed)).then(reject('retention.inconsistent'));
  });
});
