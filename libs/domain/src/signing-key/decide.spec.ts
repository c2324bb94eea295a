import { given } from '@evident/testing';
import { describe, expect, test } from 'vitest';
import { reject } from '../decider.ts';
import type { CreateSigningKey, PromoteSigningKey, RetireSigningKey } from './commands.ts';
import { signingKeyDecider } from './decide.ts';
import type { SigningUse } from './events.ts';
import { activeKey, publishedKeys } from './state.ts';

const create = (
  kid: string,
  now: number,
  unless: CreateSigningKey['unless'] = 'waiting',
  use: SigningUse = 'access',
): CreateSigningKey => ({
  type: 'create-signing-key',
  kid,
  use,
  alg: 'ES256',
  publicJwk: { kty: 'EC' },
  sealedPrivateJwk: 'sealed',
  now,
  unless,
});
const promote = (kid: string, now: number): PromoteSigningKey => ({
  type: 'promote-signing-key',
  kid,
  now,
  publishedForMs: 100,
  tokensLiveForMs: 1_000,
});
const retire = (kid: string, now: number): RetireSigningKey => ({
  type: 'retire-signing-key',
  kid,
  now,
});
const keys = given(signingKeyDecider, []);

describe('signing keys', () => {
  test('are published as they were made', () => {
    const { type: _, unless: _unless, now: createdAt, ...data } = create('a', 3);
    keys.when(create('a', 3)).then([{ type: 'signingkey.created', data: { ...data, createdAt } }]);
  });

  test('the first of its use signs at once', () => {
    keys
      .when(create('a', 0), promote('a', 0))
      .then([{ type: 'signingkey.promoted', data: { kid: 'a', promotedAt: 0, tokensLiveForMs: 1_000 } }]);
  });

  test('a later one signs only once it was published as long as clients remember keys', () => {
    const two = [create('a', 0), promote('a', 0), create('b', 50)] as const;
    keys.when(...two, promote('b', 149)).then(reject('signing-key.too-early', { at: 150 }));
    keys
      .when(...two, promote('b', 150))
      .then([{ type: 'signingkey.promoted', data: { kid: 'b', promotedAt: 150, tokensLiveForMs: 1_000 } }]);
  });

  test('one signs at a time for each use', () => {
    const { state } = keys.when(
      create('a', 0),
      promote('a', 0),
      create('r', 0, 'waiting', 'refresh'),
      promote('r', 0),
      create('b', 0),
      promote('b', 100),
    );
    expect(activeKey(state, 'access')?.kid).toBe('b');
    expect(activeKey(state, 'refresh')?.kid).toBe('r');
    expect(publishedKeys(state).map(({ kid }) => kid)).toEqual(['a', 'r', 'b']);
  });

  test('one of another use takes over from none', () => {
    const ofRefresh = [create('r', 0, 'waiting', 'refresh'), promote('r', 0)] as const;
    expect(activeKey(keys.when(create('a', 0), promote('a', 0), ...ofRefresh).state, 'access')?.kid).toBe('a');
  });

  test('what was replaced once keeps the moment of it', () => {
    const { state } = keys.when(
      ...([create('a', 0), promote('a', 0), create('b', 0), promote('b', 100)] as const),
      ...([create('c', 100), promote('c', 300)] as const),
    );
    expect(state.keys.map(({ replacedAt }) => replacedAt)).toEqual([100, 300, undefined]);
  });

  test('the next of each use come together, but where one waits already', () => {
    const rotate = {
      type: 'rotate-signing-keys',
      keys: [create('b', 5), create('r', 5, 'waiting', 'refresh')],
    } as const;
    const kids = (...before: Parameters<typeof keys.when>) => {
      const { state } = keys.when(...before, rotate);
      return publishedKeys(state).map(({ kid }) => kid);
    };
    expect(kids(create('a', 0), promote('a', 0))).toEqual(['a', 'b', 'r']);
    expect(kids(create('a', 0))).toEqual(['a', 'r']);
    expect(kids(create('a', 0), create('s', 0, 'waiting', 'refresh'))).toEqual(['a', 's']);
  });

  test('one that was replaced does not sign again', () => {
    const replaced = [create('a', 0), promote('a', 0), create('b', 0), promote('b', 100)] as const;
    keys.when(...replaced, promote('a', 200)).then(reject('signing-key.retired'));
    keys.when(create('a', 0), retire('a', 0), promote('a', 1)).then(reject('signing-key.retired'));
  });

  test('one is retired when the last token that it signed has expired, not before', () => {
    const replaced = [create('a', 0), promote('a', 0), create('b', 0), promote('b', 100)] as const;
    keys.when(...replaced, retire('a', 1_099)).then(reject('signing-key.too-early', { at: 1_100 }));
    const { state } = keys.when(...replaced, retire('a', 1_100));
    expect(publishedKeys(state).map(({ kid }) => kid)).toEqual(['b']);
    keys.when(...replaced, retire('a', 1_100), promote('a', 2_000)).then(reject('signing-key.retired'));
  });

  test('the one that signs is not retired; one that never signed may be', () => {
    keys.when(create('a', 0), promote('a', 0), retire('a', 9_999)).then(reject('signing-key.active'));
    keys
      .when(create('a', 0), promote('a', 0), create('b', 5), retire('b', 5))
      .then([{ type: 'signingkey.retired', data: { kid: 'b', retiredAt: 5 } }]);
    keys
      .when(create('a', 0), promote('a', 0), create('b', 5), retire('b', 4))
      .then(reject('signing-key.too-early', { at: 5 }));
  });

  test('each command a second time changes nothing', () => {
    keys.when(create('a', 0), create('a', 0)).then([]);
    keys.when(create('a', 0), promote('a', 0), create('a', 0)).then([]);
    keys.when(create('a', 0), promote('a', 0), promote('a', 0)).then([]);
    keys.when(create('a', 0), retire('a', 0), retire('a', 0)).then([]);
  });

  test('a first key is made once, however many replicas want one', () => {
    keys.when(create('a', 0, 'published'), create('b', 0, 'published')).then([]);
    keys.when(create('a', 0), promote('a', 0), create('b', 0, 'published')).then([]);
    const two = keys.when(create('a', 0, 'published'), create('r', 0, 'published', 'refresh'));
    expect(two.state.keys).toHaveLength(2);
  });

  test('the next one is made once, however often it is asked for before it signs', () => {
    const asked = [create('a', 0), promote('a', 0), create('b', 5)] as const;
    keys.when(...asked, create('c', 6)).then([]);
    expect(keys.when(...asked, retire('b', 5), create('c', 6)).state.keys).toHaveLength(3);
    expect(keys.when(...asked, promote('b', 105), create('c', 106)).state.keys).toHaveLength(3);
  });

  test('tokens that live longer than they did put off the end of their key; a shorter life does not bring it on', () => {
    const extend = (tokensLiveForMs: number) => ({ type: 'extend-signing-key', kid: 'a', tokensLiveForMs }) as const;
    const signing = [create('a', 0), promote('a', 0)] as const;
    keys
      .when(...signing, extend(2_000))
      .then([{ type: 'signingkey.extended', data: { kid: 'a', tokensLiveForMs: 2_000 } }]);
    const replaced = [create('b', 0), promote('b', 100)] as const;
    keys
      .when(...signing, extend(2_000), extend(10), ...replaced, retire('a', 2_099))
      .then(reject('signing-key.too-early', { at: 2_100 }));
    keys.when(create('a', 0), extend(2_000)).then([]);
    keys.when(...signing, extend(1_000)).then([]);
    keys.when(...signing, ...replaced, retire('a', 1_100), extend(2_000)).then([]);
    const { state } = keys.when(...signing, ...replaced, extend(2_000));
    expect(state.keys.map(({ tokensLiveForMs }) => tokensLiveForMs)).toEqual([2_000, 1_000]);
  });

  test('an unknown one is neither promoted nor retired', () => {
    keys.when(promote('x', 0)).then(reject('signing-key.unknown'));
    keys.when(retire('x', 0)).then(reject('signing-key.unknown'));
  });
});
