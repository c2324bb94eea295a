import { given } from '@evident/testing';
import { describe, expect, test } from 'vitest';
import { reject } from '../decider.ts';
import type { AddKey, Rewrap } from './commands.ts';
import { keyringDecider } from './decide.ts';

const add = (purpose: string, number: number, wrapped = `${purpose}${number}`): AddKey => ({
  type: 'add-key',
  purpose,
  number,
  wrapped,
  check: 'check',
  now: 1,
});
const rewrap = (...keys: Rewrap['keys']): Rewrap => ({ type: 'rewrap', keys, now: 2 });
const keyring = given(keyringDecider, []);

describe('a keyring', () => {
  test('numbers the keys of each purpose from 1 without a gap', () => {
    keyring.when(add('lookup', 1)).then([
      {
        type: 'keyring.key-added',
        data: { purpose: 'lookup', number: 1, wrapped: 'lookup1', check: 'check', addedAt: 1 },
      },
    ]);
    keyring.when(add('lookup', 2)).then(reject('keyring.number-skipped', { next: 1 }));
    keyring.when(add('lookup', 1), add('tickets', 2)).then(reject('keyring.number-skipped', { next: 1 }));
  });

  test('keeps the first of two keys that were made under one number', () => {
    keyring.when(add('lookup', 1), add('lookup', 1, 'rival')).then([]);
  });

  test('is rewrapped as a whole or not at all', () => {
    const both = [add('lookup', 1), add('tickets', 1)] as const;
    const lookup = { purpose: 'lookup', number: 1, wrapped: 'again' };
    const tickets = { purpose: 'tickets', number: 1, wrapped: 'again' };
    keyring.when(...both, rewrap(lookup)).then(reject('keyring.rewrap-incomplete'));
    keyring.when(...both, rewrap(lookup, tickets, { ...tickets, number: 2 })).then(reject('keyring.rewrap-incomplete'));
    const { state } = keyring.when(...both, rewrap(lookup, tickets));
    expect(state.keys.map(({ wrapped, check }) => ({ wrapped, check }))).toEqual([
      { wrapped: 'again', check: 'check' },
      { wrapped: 'again', check: 'check' },
    ]);
    keyring.when(...both, rewrap(lookup, tickets), rewrap(lookup, tickets)).then([]);
  });

  test('keeps each key under its own purpose and number', () => {
    const all = [add('lookup', 1), add('lookup', 2), add('tickets', 1)] as const;
    const wrappedAs = (one: string, two: string, three: string) =>
      [
        { purpose: 'lookup', number: 1, wrapped: one },
        { purpose: 'lookup', number: 2, wrapped: two },
        { purpose: 'tickets', number: 1, wrapped: three },
      ] as const;
    const stateOf = (...commands: Parameters<typeof keyring.when>) =>
      keyring.when(...commands).state.keys.map(({ purpose, number, wrapped }) => ({ purpose, number, wrapped }));
    expect(stateOf(...all)).toEqual(wrappedAs('lookup1', 'lookup2', 'tickets1'));
    expect(stateOf(...all, rewrap(...wrappedAs('x', 'y', 'z').toReversed()))).toEqual(wrappedAs('x', 'y', 'z'));
    const swapped = [
      { purpose: 'lookup', number: 1, wrapped: 'tickets1' },
      { purpose: 'tickets', number: 1, wrapped: 'lookup1' },
    ];
    expect(stateOf(add('lookup', 1), add('tickets', 1), rewrap(...swapped))).toEqual(swapped);
    // The same texts, each of another key, are not the keys that there are.
    for (const mixed of [
      wrappedAs('lookup2', 'lookup1', 'tickets1'),
      wrappedAs('tickets1', 'lookup2', 'lookup1'),
      wrappedAs('lookup1', 'tickets1', 'lookup2'),
    ]) {
      keyring
        .when(...all, rewrap(...mixed))
        .then([{ type: 'keyring.rewrapped', data: { keys: [...mixed], rewrappedAt: 2 } }]);
    }
  });
});
