import { describe, expect, it } from 'vitest';
import type { CloudEvent } from '../cloud-event.ts';
import { memoryCheckpoint } from './checkpoint.ts';
import { EventLog } from './event-log.ts';
import { EventStream } from './event-stream.ts';
import { freshLog } from './fake-log.fixture.ts';
import { Following } from './subscription.ts';
import { wantedTypes } from './wanted-types.ts';

const fresh = freshLog();

describe('a subscription', () => {
  it('handles every event in order, page by page, and each new one', async () => {
    for (let n = 0; n < 7; n += 1) fresh.log.add('user.registered');
    fresh.follow({ from: 'start' });
    await fresh.untilHandled(7);
    fresh.log.add('user.removed');
    await fresh.untilHandled(8);
    expect(fresh.handled).toEqual(fresh.positions());
    expect(new Set(fresh.log.asked)).toEqual(new Set(['Bearer key']));
  });

  it('claims nothing of the stream where it was stopped before the end of the log', async () => {
    for (let n = 0; n < 7; n += 1) fresh.log.add('user.registered');
    const types = wantedTypes();
    const stream = new EventStream({ servers: 'nats://nowhere', tenant: 'main', types, name: 'spec' });
    stream.state = async () => ({
      created: 'then',
      firstSequence: 5,
      lastSequence: 7,
      firstPosition: 'a~0005',
      firstTime: undefined,
      lastPosition: 'a~0007',
    });
    const checkpoint = memoryCheckpoint();
    let stopped: Promise<void> | undefined;
    const handle = (event: CloudEvent) => {
      fresh.handled.push(event.position);
      if (event.position === 'a~0002') stopped = following.stop();
    };
    const sources = {
      log: new EventLog({ url: fresh.log.url, token: 'key', types: types.patterns }),
      stream,
      types,
      checkpoint,
    };
    const following = new Following({ durable: 'spec', from: 'start', handle }, sources);
    await following.closed;
    await stopped;
    expect(fresh.handled).toEqual(['a~0001', 'a~0002']);
    expect(await checkpoint.load()).toEqual({ position: 'a~0002' });
  });

  it('ends where the log was replaced, and where it is refused', async () => {
    fresh.log.add('user.registered');
    const checkpoint = memoryCheckpoint();
    const first = fresh.follow({ from: 'start', checkpoint });
    await fresh.untilHandled(1);
    fresh.log.logId = 'b';
    await expect(first.closed).rejects.toMatchObject({ code: 'log-changed' });
    fresh.log.status = 401;
    await expect(fresh.follow({ from: 'start' }).closed).rejects.toMatchObject({ status: 401 });
  });

  it('waits for an Evident that is away', async () => {
    fresh.log.add('user.registered');
    fresh.log.status = 503;
    fresh.follow({ from: 'start' });
    await expect.poll(() => fresh.log.asked.length).toBeGreaterThan(1);
    fresh.log.status = 200;
    await fresh.untilHandled(1);
  });
});
