import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { feedMessages } from '../../services/identity-projection/src/feed/feed-messages.ts';
import type { Program } from '../program.ts';
import { percentile } from '../runner/spread.ts';
import { type FilledLog, type Link, logOfPeople, natsLink, openPublisher } from '../stores/published-log.ts';

const stream = 'EVIDENT_EVENTS';
const inFlight = 256;

/** Needs nats-server. */
export const feed: Program = {
  name: 'feed',
  measures: 'events published from the log to an empty JetStream stream; and how late a consumer gets 500 a second',
  unit: 'per second',
  limit: 'the same messages by the bare driver, 256 in flight',
  budget: [],
  isHere: true,
  async run({ number, use, option }) {
    const log = await use(logOfPeople);
    const link = await use(natsLink);
    const limit = await barePublishRate(log, link);
    const manager = await jetstreamManager(link.connection);
    await manager.streams.delete(stream).catch(() => undefined);
    const { publisher, close } = await openPublisher(log, link, `feed-${number}`);
    const began = performance.now();
    publisher.start();
    while ((publisher.position() ?? '') < log.head) await pause(2);
    const figure = log.events / ((performance.now() - began) / 1_000);
    const late = await lateness(log, link, option('rate', 500));
    await close();
    return { figure, limit, also: { 'late p50, ms': percentile(late, 0.5), 'late p99, ms': percentile(late, 0.99) } };
  },
};

async function barePublishRate({ log, events }: FilledLog, link: Link): Promise<number> {
  const all = await log.store.readAll(undefined, events);
  const messages = 'outcome' in all ? [] : await feedMessages(log, all, 1_048_576);
  const manager = await jetstreamManager(link.connection);
  await manager.streams.delete(stream).catch(() => undefined);
  await manager.streams.add({ name: 'RAW', subjects: ['evident.events.>'] });
  const client = jetstream(link.connection);
  const began = performance.now();
  for (let at = 0; at < messages.length; at += inFlight) {
    const some = messages.slice(at, at + inFlight);
    await Promise.all(some.map(({ subject, body, id }) => client.publish(subject, body, { msgID: id })));
  }
  const rate = messages.length / ((performance.now() - began) / 1_000);
  await manager.streams.delete('RAW');
  return rate;
}

/** Milliseconds from the time of an event to its receipt, at a steady rate for two seconds. */
async function lateness({ people }: FilledLog, link: Link, perSecond: number): Promise<number[]> {
  const late: number[] = [];
  const app = randomUUID();
  const consumer = await jetstream(link.connection).consumers.get(stream, {
    filter_subjects: `evident.events.main.app.${app}.>`,
  });
  const messages = await consumer.consume();
  const received = (async () => {
    for await (const message of messages) late.push(Date.now() - Date.parse(message.json<{ time: string }>().time));
  })();
  const changed = { type: 'app.changed', data: { name: 'Bench', url: 'https://a.example' } };
  for (let sent = 0; sent < perSecond * 2; sent += 1) {
    void people.append(`app-main.${app}`, [changed]);
    await pause(sent % 10 === 0 ? 10_000 / perSecond - 1 : 0);
  }
  await pause(500);
  messages.stop();
  await received;
  return late;
}
