import { given } from '@evident/testing';
import { describe, expect, test } from 'vitest';
import type { CreateSigningKey, PromoteSigningKey } from './commands.ts';
import { signingKeyDecider } from './decide.ts';
import { scheduleOf } from './schedule.ts';

const create = (kid: string, now: number): CreateSigningKey => ({
  type: 'create-signing-key',
  kid,
  use: 'access',
  alg: 'ES256',
  publicJwk: { kty: 'EC' },
  sealedPrivateJwk: 'sealed',
  now,
  unless: 'waiting',
});
const promote = (kid: string, now: number): PromoteSigningKey => ({
  type: 'promote-signing-key',
  kid,
  now,
  publishedForMs: 100,
  tokensLiveForMs: 1_000,
});
const keys = given(signingKeyDecider, []);

describe('the schedule of signing keys', () => {
  test('the first key is due at once', () => {
    expect(scheduleOf(keys.when(create('a', 7)).state, 100)).toEqual([
      { type: 'promote-signing-key', kid: 'a', at: 7 },
    ]);
  });

  test('is empty while one key signs', () => {
    expect(scheduleOf(keys.when(create('a', 0), promote('a', 0)).state, 100)).toEqual([]);
  });

  test('the next key is due once clients must know it, the one it replaces once its last token has expired', () => {
    const rotating = [create('a', 0), promote('a', 0), create('b', 50)] as const;
    expect(scheduleOf(keys.when(...rotating).state, 100)).toEqual([{ type: 'promote-signing-key', kid: 'b', at: 150 }]);
    expect(scheduleOf(keys.when(...rotating, promote('b', 160), create('c', 170)).state, 100)).toEqual([
      { type: 'promote-signing-key', kid: 'c', at: 270 },
      { type: 'retire-signing-key', kid: 'a', at: 1_160 },
    ]);
  });

  test('says nothing more of a key that was retired', () => {
    const replaced = [create('a', 0), promote('a', 0), create('b', 50), promote('b', 150)] as const;
    const retire = { type: 'retire-signing-key', kid: 'a', now: 1_150 } as const;
    expect(scheduleOf(keys.when(...replaced, retire).state, 100)).toEqual([]);
  });

  test('what is due is accepted, and a moment earlier it is not', () => {
    const { state } = keys.when(create('a', 0), promote('a', 0), create('b', 50), promote('b', 150));
    for (const step of scheduleOf(state, 100)) {
      expect(signingKeyDecider.decide({ ...promote(step.kid, step.at), type: step.type }, state).accepted).toBe(true);
      const early = { ...promote(step.kid, step.at - 1), type: step.type };
      expect(signingKeyDecider.decide(early, state).accepted).toBe(false);
    }
  });
});
