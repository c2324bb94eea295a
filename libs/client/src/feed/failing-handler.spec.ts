import { describe, expect, it } from 'vitest';
import type { CloudEvent } from '../cloud-event.ts';
import { memoryCheckpoint } from './checkpoint.ts';
import { freshLog } from './fake-log.fixture.ts';

const fresh = freshLog();

describe('a subscription', () => {
  it('tries a handler that fails again, and handles nothing else meanwhile', async () => {
    for (let n = 0; n < 3; n += 1) fresh.log.add('user.registered');
    let failures = 2;
    const errors: number[] = [];
    const handle = (event: CloudEvent) => {
      if (event.position === 'a~0002' && failures-- > 0) throw new Error('not now');
      fresh.handled.push(event.position);
    };
    fresh.follow({ from: 'start', handle, onError: (_error, { attempt }) => errors.push(attempt) });
    await fresh.untilHandled(3);
    expect([fresh.handled, errors]).toEqual([fresh.positions(), [1, 2]]);
  });

  it('ends at an event that cannot be handled, names it, and begins with it again', async () => {
    for (let n = 0; n < 3; n += 1) fresh.log.add('user.registered');
    const checkpoint = memoryCheckpoint();
    const handle = (event: CloudEvent) => {
      if (event.position === 'a~0002') throw new Error('never');
      fresh.handled.push(event.position);
    };
    const subscription = fresh.follow({ from: 'start', handle, maxAttempts: 3, checkpoint });
    await expect(subscription.closed).rejects.toMatchObject({ code: 'handler-failed', event: { position: 'a~0002' } });
    expect(fresh.handled).toEqual(['a~0001']);
    fresh.follow({ from: 'start', checkpoint });
    await fresh.untilHandled(3);
    expect(fresh.handled).toEqual(fresh.positions());
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('no log');
      },
    ],
    ['rejects', () => Promise.reject(new Error('no log'))],
  ])('counts the attempts also where whoever is told of a failure %s', async (_how, onError) => {
    fresh.log.add('user.registered');
    let attempts = 0;
    const handle = () => {
      attempts += 1;
      throw new Error('never');
    };
    const subscription = fresh.follow({ from: 'start', handle, onError, maxAttempts: 3 });
    await expect(subscription.closed).rejects.toMatchObject({ code: 'handler-failed' });
    expect(attempts).toBe(3);
  });
});
