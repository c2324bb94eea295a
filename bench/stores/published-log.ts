import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { openEmbeddedReadModel } from '@evident/read-model/embedded';
import { openTemporaryLog, PeopleOnLog, silentLogger, type TemporaryLog } from '@evident/testing';
import { connectNats, JetStreamFeed } from '@evident/transport/nats';
import { FeedPublisher } from '../../services/identity-projection/src/feed/feed-publisher.ts';
import type { Resource } from '../program.ts';
import { natsServer } from '../servers/nats.ts';

export interface FilledLog extends TemporaryLog {
  readonly people: PeopleOnLog;
  /** Where its last event stands. */
  readonly head: string;
  readonly events: number;
}

/** User events, a hundred of each person, as many as `--set events=` says. */
export const logOfPeople: Resource<FilledLog> = async ({ option }) => {
  const temporary = await openTemporaryLog();
  const people = new PeopleOnLog(temporary.log);
  const events = option('events', 20_000);
  const changes = Array.from({ length: 99 }, (_, index) => ({ type: 'user.named', data: { name: `name ${index}` } }));
  for (let made = 0; made < events; made += 100) {
    const registered = { type: 'user.registered', data: { number: made + 1 } };
    await people.append(`user-main.${randomUUID()}`, [registered, ...changes]);
  }
  const head = (await temporary.log.store.lastPosition()) ?? '';
  return { value: { ...temporary, people, head, events }, close: () => temporary.remove() };
};

export const natsLink: Resource<Awaited<ReturnType<typeof connectNats>>> = async ({ use }) => {
  const { url } = await use(natsServer);
  const value = await connectNats({ servers: [url], service: 'identity-projection' });
  return { value, close: () => value.close() };
};

export type Link = Awaited<ReturnType<typeof connectNats>>;

/** A publisher that has published nothing yet, with a checkpoint of its own. */
export async function openPublisher({ log, config }: TemporaryLog, link: Link, name: string) {
  const store = await openEmbeddedReadModel({ path: join(config.dataDir, `${name}.db`) });
  const retention = { maxAgeSeconds: 0, maxBytes: 0, replicas: 1 };
  const feed = new JetStreamFeed({ retention, link: async () => link });
  // Nobody is erased here, so no rows are asked.
  const rows = { reached: async () => 'reached' as const };
  const publisher = new FeedPublisher({ log, store, feed, rows, logger: silentLogger, now: Date.now });
  const close = async () => {
    await publisher.stop();
    await store.close();
  };
  return { publisher, close };
}
