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
});
