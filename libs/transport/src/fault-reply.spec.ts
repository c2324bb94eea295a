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

it('says nothing of a bug', () => {
  expect(storeFaults(fault('EventStoreFault', 'misuse'))).toBeUndefined();
  expect(storeFaults(fault('TypeError', 'unavailable'))).toBeUndefined();
  expect(storeFaults('a text')).toBeUndefined();
});
