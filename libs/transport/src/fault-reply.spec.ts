import { expect, it } from 'vitest';
import { storeFaults } from './fault-reply.ts';

function fault(name: string, code: string): Error {
  return Object.assign(new Error('a fault'), { name, code });
}

it.each(['unavailable', 'damaged', 'disk-full', 'closed', 'log-changed'])(
  'says of a store that has a fault (%s) that it is away, whatever was asked',
  (code) => {
    for (const name of ['EventStoreFault', 'ReadModelFault']) {
      expect(storeFaults(fault(name, code))).toEqual({ code: 'store.unavailable', retryAfterSeconds: 1 });
    }
  },
);

it.each(['unavailable', 'disk-full', 'closed'])(
  'says of person keys that cannot be had (%s) that they are away',
  (code) => {
    expect(storeFaults(fault('PersonKeysFault', code))).toEqual({ code: 'store.unavailable', retryAfterSeconds: 1 });
  },
);

it('says of a password for which there was no thread that nothing was done, and when to come again', () => {
  const shed = { code: 'load.shed', retryAfterSeconds: 1 };
  expect(storeFaults(fault('PasswordHashFault', 'thread-failed'))).toEqual(shed);
});

it('says nothing of a bug', () => {
  // What was sealed and then altered does not heal by waiting.
  expect(storeFaults(fault('PersonKeysFault', 'damaged'))).toBeUndefined();
  expect(storeFaults(fault('EventStoreFault', 'misuse'))).toBeUndefined();
  for (const code of ['malformed', 'too-costly', 'not-computed'])
    expect(storeFaults(fault('PasswordHashFault', code))).toBeUndefined();
  expect(storeFaults(fault('TypeError', 'unavailable'))).toBeUndefined();
  expect(storeFaults('a text')).toBeUndefined();
});
