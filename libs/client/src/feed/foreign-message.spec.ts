import { once } from 'node:events';
import { expect, it } from 'vitest';
import type { CloudEvent } from '../cloud-event.ts';
import { memoryCheckpoint, type Place } from './checkpoint.ts';
import { EventLog } from './event-log.ts';
import { EventStream } from './event-stream.ts';
import { freshLog } from './fake-log.fixture.ts';
import { Following } from './subscription.ts';
import { wantedTypes } from './wanted-types.ts';

const fresh = freshLog();

/** An event of the log, or one that somebody else put into the stream: by its place, and what it claims. */
type Message = number | { readonly claims: number };

interface Streamed {
  readonly messages: readonly Message[];
  /** Messages that were in the stream when the subscription looked first. */
  readonly before?: number;
  readonly from?: 'new' | 'start';
  readonly withLog?: boolean;
  readonly kept?: Place;
}

const first: Place = { position: 'a~0001', stream: { created: 'then', sequence: 1 } };

/** What is handled of a log of six events and a stream of these messages. */
async function handledOf({ messages, before = messages.length, from = 'start', withLog = false, kept }: Streamed) {
  for (let n = 0; n < 6; n += 1) fresh.log.add('user.registered');
  const { events, url } = fresh.log;
  const at = (place: number) => `a~${String(place).padStart(4, '0')}`;
  const eventOf = (message: Message): CloudEvent => {
    const [event] = events.slice(typeof message === 'number' ? message - 1 : 0);
    if (event === undefined) throw new Error('there is no such event');
    return typeof message === 'number' ? event : { ...event, position: at(message.claims) };
  };
  const types = wantedTypes();
  const stream = new EventStream({ servers: 'nats://nowhere', tenant: 'main', types, name: 'spec' });
  const last = messages[before - 1];
  stream.state = async () => ({
    ...{ created: 'then', firstSequence: 1, firstTime: undefined, lastSequence: before },
    firstPosition: at(1),
    lastPosition: last === undefined ? undefined : eventOf(last).position,
  });
  const all = Promise.withResolvers<void>();
  stream.read = async function* (start, signal) {
    const first = 'sequence' in start ? start.sequence : 1;
    for (let sequence = first; sequence <= messages.length; sequence += 1) {
      yield { event: eventOf(messages[sequence - 1] ?? 0), sequence };
    }
    all.resolve();
    if (!signal.aborted) await once(signal, 'abort');
  };
  const log = withLog ? new EventLog({ url, token: 'key', types: types.patterns }) : undefined;
  const checkpoint = memoryCheckpoint();
  if (kept !== undefined) await checkpoint.save(kept);
  const handle = (event: CloudEvent) => void fresh.handled.push(event.position);
  const following = new Following({ durable: 'spec', from, handle }, { log, stream, types, checkpoint });
  await all.promise;
  await following.stop();
  return fresh.handled.map((position) => Number(position.slice(2)));
}

it.each<[string, Streamed, readonly number[]]>([
  ['at first', { messages: [{ claims: 99 }, 1, 2, 3] }, [99, 1, 2, 3]],
  ['in between', { messages: [1, { claims: 99 }, 2, 3] }, [1, 99, 2, 3]],
  ['twice', { messages: [1, { claims: 99 }, { claims: 98 }, 2, 3] }, [1, 99, 98, 2, 3]],
  ['again later', { messages: [1, { claims: 99 }, 2, { claims: 99 }, 3] }, [1, 99, 2, 99, 3]],
  ['over a few', { messages: [1, { claims: 4 }, 2, 3, 4, 5] }, [1, 4, 2, 3, 4, 5]],
  ['after the place that was kept', { messages: [1, { claims: 99 }, 2, 3], kept: first }, [99, 2, 3]],
  ['last of what was there before it began', { messages: [1, { claims: 99 }, 2, 3], before: 2, from: 'new' }, [2, 3]],
])(
  'a message of somebody else that claims a place further on hides no event: %s',
  async (_where, streamed, handled) => {
    expect(await handledOf(streamed)).toEqual(handled);
  },
);

it.each<[string, Streamed, readonly number[]]>([
  ['of an event that was handled', { messages: [1, 2, 3, { claims: 2 }, 4] }, [1, 2, 3, 4]],
  [
    'of what the log told meanwhile',
    { messages: [1, 2, 3, 4, 5, 6], before: 3, withLog: true, kept: { position: 'a~0001' } },
    [2, 3, 4, 5, 6],
  ],
])('a repeat is dropped: %s', async (_what, streamed, handled) => {
  expect(await handledOf(streamed)).toEqual(handled);
});
