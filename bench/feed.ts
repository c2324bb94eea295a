/**
 * Events a second of the feed: a log of user events published to an empty stream by the publisher, beside the same
 * messages sent by the bare driver, 256 in flight; and how late the stream and the rows are at a steady rate of events.
 * Needs nats-server. `node --conditions=@evident/source bench/feed.ts [events] [events a second]`
 */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { openEmbeddedReadModel } from '@evident/read-model/embedded';
import { isMissing, openTemporaryLog, PeopleOnLog, silentLogger, startNatsServer } from '@evident/testing';
import { connectNats, JetStreamFeed } from '@evident/transport/nats';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { feedMessages } from '../services/identity-projection/src/feed/feed-messages.ts';
import { FeedPublisher } from '../services/identity-projection/src/feed/feed-publisher.ts';

const total = Number(process.argv[2] ?? 20_000);
const perSecond = Number(process.argv[3] ?? 500);
const server = await startNatsServer();
if (isMissing(server)) throw new Error(server.missing);
const temporary = await openTemporaryLog();
const people = new PeopleOnLog(temporary.log);
const changes = Array.from({ length: 99 }, (_, n) => ({ type: 'user.named', data: { name: `name ${n}` } }));
for (let n = 0; n < total; n += 100) {
  const registered = { type: 'user.registered', data: { number: n + 1 } };
  await people.append(`user-main.${randomUUID()}`, [registered, ...changes]);
}
const link = await connectNats({ servers: [server.url], service: 'identity-projection' });

async function raw(): Promise<number> {
  const all = await temporary.log.store.readAll(undefined, total);
  const messages = 'outcome' in all ? [] : await feedMessages(temporary.log, all, 1_048_576);
  const manager = await jetstreamManager(link.connection);
  await manager.streams.add({ name: 'RAW', subjects: ['evident.events.>'] });
  const client = jetstream(link.connection);
  const began = performance.now();
  for (let at = 0; at < messages.length; at += 256) {
    await Promise.all(
      messages.slice(at, at + 256).map(({ subject, body, id }) => client.publish(subject, body, { msgID: id })),
    );
  }
  const rate = messages.length / ((performance.now() - began) / 1_000);
  await manager.streams.delete('RAW');
  return rate;
}

const bare = await raw();
const store = await openEmbeddedReadModel({ path: join(temporary.config.dataDir, 'read-models.db') });
const retention = { maxAgeSeconds: 0, maxBytes: 0, replicas: 1 };
const feed = new JetStreamFeed({ retention, link: async () => link });
const publisher = new FeedPublisher({ log: temporary.log, store, feed, logger: silentLogger, now: Date.now });
const head = (await temporary.log.store.lastPosition()) ?? '';
const began = performance.now();
publisher.start();
while ((publisher.position() ?? '') < head) await pause(2);
const rate = total / ((performance.now() - began) / 1_000);

const late: number[] = [];
const consumer = await jetstream(link.connection).consumers.get('EVIDENT_EVENTS', {
  filter_subjects: 'evident.events.main.app.>',
});
const messages = await consumer.consume();
void (async () => {
  for await (const message of messages) late.push(Date.now() - Date.parse(message.json<{ time: string }>().time));
})();
const app = randomUUID();
for (let n = 0; n < perSecond * 5; n += 1) {
  void people.append(`app-main.${app}`, [{ type: 'app.changed', data: { name: `${n}`, url: 'https://a.example' } }]);
  await pause(n % 10 === 0 ? 10_000 / perSecond - 1 : 0);
}
await pause(500);
late.sort((a, b) => a - b);
const at = (share: number) => late[Math.floor(late.length * share)] ?? 0;
console.log(`feed ${rate.toFixed(0)} events/s; bare publish ${bare.toFixed(0)}/s; ratio ${(rate / bare).toFixed(2)}`);
console.log(
  `appended to received at about ${perSecond}/s: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms (${late.length} events)`,
);
messages.stop();
await publisher.stop();
await link.close();
await store.close();
await temporary.remove();
await server.stop();
