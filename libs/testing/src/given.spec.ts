import { accept, type Decider, type DomainEvent, reject } from '@evident/domain';
import { describe, expect, test } from 'vitest';
import { given } from './given.ts';

type Stepped = DomainEvent<'step.taken', { to: number }>;
const stepped = (to: number): Stepped => ({ type: 'step.taken', data: { to } });

/** Takes a step at a time, up to three. */
const stairs: Decider<'up' | 'stay', number, Stepped, 'stairs.at-the-top'> = {
  initial: 0,
  decide(command, height) {
    if (command === 'stay') return accept();
    return height === 3 ? reject('stairs.at-the-top', { height }) : accept(stepped(height + 1));
  },
  evolve: (_height, { data }) => data.to,
};

describe('given, when, then', () => {
  test('holds where the last command causes exactly these events', () => {
    given(stairs, [])
      .when('up')
      .then([stepped(1)]);
    given(stairs, [stepped(1)])
      .when('up', 'up')
      .then([stepped(3)]);
    given(stairs, []).when('up', 'stay').then([]);
  });

  test('holds where the last command is rejected in exactly this way', () => {
    given(stairs, [stepped(3)])
      .when('up')
      .then(reject('stairs.at-the-top', { height: 3 }));
  });

  test.each([
    [
      'other events',
      () =>
        given(stairs, [])
          .when('up')
          .then([stepped(2)]),
    ],
    [
      'more events',
      () =>
        given(stairs, [])
          .when('up')
          .then([stepped(1), stepped(2)]),
    ],
    ['fewer events', () => given(stairs, []).when('up').then([])],
    [
      'events instead of a rejection',
      () =>
        given(stairs, [stepped(3)])
          .when('up')
          .then([]),
    ],
    ['a rejection instead of events', () => given(stairs, []).when('up').then(reject('stairs.at-the-top'))],
    [
      'a rejection without its details',
      () =>
        given(stairs, [stepped(3)])
          .when('up')
          .then(reject('stairs.at-the-top')),
    ],
  ])('fails on %s', (_what, example) => {
    expect(example).toThrow(/deep-equal/);
  });

  test('shows the state that all commands leave, a rejected one included', () => {
    expect(given(stairs, []).when('up', 'up').state).toBe(2);
    expect(given(stairs, [stepped(3)]).when('up').state).toBe(3);
  });
});
