import { join } from 'node:path';
import type { CloudEvent } from '@evident/contracts';
import type { Position } from '@evident/event-store';
import type { ReadModelStore } from '@evident/read-model';
import { openEmbeddedReadModel } from '@evident/read-model/embedded';
import {
  isMissing,
  type NatsServer,
  openTemporaryLog,
  PeopleOnLog,
  silentLogger,
  startNatsServer,
  type TemporaryLog,
} from '@evident/testing';
import type { FeedStream } from '@evident/transport';
import { connectNats, JetStreamFeed, type NatsLink } from '@evident/transport/nats';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { feedCheck } from './feed-check.ts';
import { FeedPublisher } from './feed-publisher.ts';

const probe = await startNatsServer();
const missing = isMissing(probe) ? probe.missing : undefined;
if (!isMissing(probe)) await probe.stop();

const retention = { maxAgeSeconds: 0, maxBytes: 0, replicas: 1 };

describe.skipIf(missing !== undefined)(
  `the publisher of the feed${missing === undefined ? '' : ` (${missing})`}`,
  () => {
    let server: NatsServer;
    let temporary: TemporaryLog;
    let people: PeopleOnLog;
    const links: NatsLink[] = [];
    const publishers: FeedPublisher[] = [];
    const stores: ReadModelStore[] = [];

    beforeEach(async () => {
      const started = await startNatsServer();
      if (isMissing(started)) throw new Error(started.missing);
      server = started;
      temporary = await openTemporaryLog();
      people = new PeopleOnLog(temporary.log);
    });
    afterEach(async () => {
      for (const publisher of publishers.splice(0)) await publisher.stop();
      for (const link of links.splice(0)) await link.close();
      for (const store of stores.splice(0)) await store.close();
      await temporary.remove();
      await server.stop();
    });

    async function connect(): Promise<NatsLink> {
      const link = await connectNats({ servers: [server.url], service: 'identity-projection' });
      links.push(link);
      return link;
    }

    interface Changed {
      readonly feed?: (feed: FeedStream) => FeedStream;
      readonly store?: (store: ReadModelStore) => ReadModelStore;
      readonly retention?: typeof retention;
    }

    /** As one more process would publish. */
    async function publish({ feed = (same) => same, store = (same) => same, ...changed }: Changed = {}) {
      const link = await connect();
      const rows = await openEmbeddedReadModel({ path: join(temporary.config.dataDir, 'read-models.db') });
      stores.push(rows);
      const publisher = new FeedPublisher({
        log: temporary.log,
        store: store(rows),
        feed: feed(new JetStreamFeed({ retention, ...changed, link: async () => link, answerWithinMs: 500 })),
        rows: { reached: async () => 'reached' },
        logger: silentLogger,
        now: Date.now,
        patience: { watchMs: 20, silenceMs: 300 },
        firstPauseMs: 10,
      });
      publishers.push(publisher);
      publisher.start();
      return publisher;
    }

    const reached = (publisher: FeedPublisher, position: Position) =>
      expect.poll(() => (publisher.position() ?? '') >= position).toBe(true);

    /** Everything in the stream, in its order. */
    async function messages(): Promise<readonly { readonly subject: string; readonly event: CloudEvent }[]> {
      const link = await connect();
      const info = await (await jetstreamManager(link.connection)).streams.info('EVIDENT_EVENTS');
      if (info.state.messages === 0) return [];
      const consumer = await jetstream(link.connection).consumers.get('EVIDENT_EVENTS');
      const found: { subject: string; event: CloudEvent }[] = [];
      for await (const message of await consumer.consume()) {
        found.push({ subject: message.subject, event: message.json<CloudEvent>() });
        if (message.info.pending === 0) break;
      }
      return found;
    }

    async function logged(): Promise<readonly string[]> {
      const all = await temporary.log.store.readAll(undefined, 100_000);
      return 'outcome' in all ? [] : all.map(({ id }) => id);
    }

    const expectEachOnce = async () => expect((await messages()).map(({ event }) => event.id)).toEqual(await logged());

    async function addUsers(count: number): Promise<Position> {
      let position: Position | undefined;
      for (let n = 0; n < count; n += 1) position = (await people.addUser()).position;
      if (position === undefined) throw new Error('nobody was added');
      return position;
    }

    it('sends every event of the log once, in its order, under a subject that names it', async () => {
      const before = await addUsers(3);
      const publisher = await publish();
      await reached(publisher, before);
      const ada = await people.addUser({ username: 'ada' });
      await reached(publisher, ada.position);
      await expectEachOnce();
      const registered = (await messages()).find(({ event }) => event.subject === `user:${ada.uid}`);
      expect(registered?.subject).toBe(`evident.events.main.user.${ada.uid}.registered`);
      expect(registered?.event).toMatchObject({ type: 'user.registered', revision: 0, source: '/tenants/main' });
    });

    it('shows a person to those who follow that person, and no address, agent or secret', async () => {
      const ada = await people.addUser({ username: 'ada', passwordHash: 'sealed-hash' });
      const publisher = await publish();
      await reached(publisher, ada.position);
      const text = JSON.stringify(await messages());
      expect(text).toContain('ada');
      for (const hidden of ['sealed-hash', ada.usernameLookup, 'clientip', 'useragent']) {
        const bodies = JSON.stringify((await messages()).map(({ event }) => event.data));
        expect(bodies).not.toContain(hidden);
      }
    });

    it('doubles nothing where it ended between the answer of the broker and its checkpoint', async () => {
      let refuse = true;
      const forgetful = (store: ReadModelStore) =>
        new Proxy(store, {
          get(target, name: keyof ReadModelStore) {
            const call = target[name] as (...given: readonly unknown[]) => unknown;
            if (name !== 'applyBatch') return call.bind(target);
            return async (...given: readonly unknown[]) => {
              if (refuse) throw new Error('the process ended');
              return call.apply(target, [...given]);
            };
          },
        });
      const position = await addUsers(4);
      const publisher = await publish({ store: forgetful });
      await expect.poll(async () => (await logged()).length === (await messages()).length).toBe(true);
      await publisher.stop();
      refuse = false;
      await reached(await publish(), position);
      await addUsers(1);
      await expect.poll(async () => (await messages()).length).toBe((await logged()).length);
      await expectEachOnce();
    });

    it('is refused when it wakes after another one took over, by the stream and by the checkpoint', async () => {
      const woken = Promise.withResolvers<void>();
      let freeze = false;
      const frozen = (feed: FeedStream): FeedStream => ({
        open: (logId, signal) => feed.open(logId, signal),
        async append(all, after) {
          if (freeze) await woken.promise;
          return feed.append(all, after);
        },
        purge: (subjects) => feed.purge(subjects),
        erase: (subjects, keep) => feed.erase(subjects, keep),
        get connected() {
          return feed.connected;
        },
        get maxMessageBytes() {
          return feed.maxMessageBytes;
        },
        close: () => feed.close(),
      });
      const first = await publish({ feed: frozen });
      await reached(first, await addUsers(1));
      freeze = true;
      await addUsers(1);
      const second = await publish();
      await reached(second, await addUsers(2));
      woken.resolve();
      await expect.poll(() => first.state()).toBe('standby');
      await reached(second, await addUsers(1));
      await expectEachOnce();
      expect(second.state()).toBe('publishing');
    });

    it('is replaced when it falls silent', async () => {
      const first = await publish();
      await reached(first, await addUsers(1));
      const second = await publish();
      await reached(second, await addUsers(1));
      await expect.poll(() => first.state()).toBe('standby');
      await second.stop();
      const position = await addUsers(1);
      await reached(first, position);
      await expectEachOnce();
    });

    it('waits for a broker that was killed, and goes on without a gap or a double', async () => {
      const publisher = await publish();
      await reached(publisher, await addUsers(2));
      process.kill(server.pid, 'SIGKILL');
      await addUsers(2);
      await expect.poll(() => publisher.state()).toBe('waiting');
      await server.restart();
      await reached(publisher, await addUsers(1));
      await expectEachOnce();
    });

    it('publishes again in full what the broker has lost, at once and at the next start', async () => {
      const publisher = await publish();
      await reached(publisher, await addUsers(2));
      const manager = await jetstreamManager((await connect()).connection);
      await manager.streams.delete('EVIDENT_EVENTS');
      await reached(publisher, await addUsers(1));
      await expect.poll(async () => (await messages()).length).toBe((await logged()).length);
      await expectEachOnce();
      await publisher.stop();
      await manager.streams.delete('EVIDENT_EVENTS');
      await reached(await publish(), await addUsers(1));
      await expect.poll(async () => (await messages()).length).toBe((await logged()).length);
      await expectEachOnce();
    });

    it('does not bring back what was purged or has expired', async () => {
      const publisher = await publish();
      await reached(publisher, await addUsers(2));
      await publisher.stop();
      const manager = await jetstreamManager((await connect()).connection);
      await manager.streams.purge('EVIDENT_EVENTS');
      const before = (await logged()).length;
      await reached(await publish(), await addUsers(1));
      expect((await messages()).map(({ event }) => event.id)).toEqual((await logged()).slice(before));
    });

    it('goes on after the last message where the checkpoint is gone', async () => {
      const publisher = await publish();
      await reached(publisher, await addUsers(2));
      await publisher.stop();
      const [rows] = stores.splice(0);
      const epoch = (await rows?.takeOver('feed'))?.epoch ?? 0;
      await rows?.startOver('feed', { epoch, drop: [], forget: [], views: [] });
      await rows?.close();
      await reached(await publish(), await addUsers(1));
      await expectEachOnce();
    });

    it.each(['where the log has come since', 'ahead of the log'])(
      'believes no message of somebody else that claims a place further on: %s',
      async (place) => {
        const publisher = await publish();
        await reached(publisher, await addUsers(3));
        await publisher.stop();
        const last = await addUsers(3);
        const position = place === 'ahead of the log' ? last.replace(/\d{6}$/, '999999') : last;
        const { connection } = await connect();
        await jetstream(connection).publish('evident.events.main.user.1.named', JSON.stringify({ position }));
        await reached(await publish(), last);
        const ids = (await messages()).flatMap(({ event }) => event.id ?? []);
        expect(ids).toEqual(await logged());
      },
    );

    it('begins a new stream for another log', async () => {
      const publisher = await publish();
      await reached(publisher, await addUsers(2));
      await publisher.stop();
      const old = temporary;
      temporary = await openTemporaryLog();
      people = new PeopleOnLog(temporary.log);
      await reached(await publish(), await addUsers(1));
      await expectEachOnce();
      await old.remove();
    });

    it('leaves a stream alone that another deployment put in place of its own, and says so', async () => {
      const displaced = await publish();
      await reached(displaced, await addUsers(1));
      const [old, oldPeople] = [temporary, people];
      temporary = await openTemporaryLog();
      people = new PeopleOnLog(temporary.log);
      const other = await publish();
      await reached(other, await addUsers(2));
      await oldPeople.addUser();
      await expect.poll(() => displaced.state()).toBe('displaced');
      await reached(other, await addUsers(1));
      await expectEachOnce();
      expect(other.state()).toBe('publishing');
      const readiness = await feedCheck({ connected: true }, displaced).check();
      expect(readiness).toEqual({ degraded: expect.stringContaining('NATS account of its own') });
      await displaced.stop();
      await old.remove();
    });

    it('brings the limits of the stream to what is configured', async () => {
      const first = await publish({ retention: { ...retention, maxAgeSeconds: 60 } });
      await reached(first, await addUsers(1));
      await first.stop();
      await reached(await publish({ retention: { ...retention, maxBytes: 1_000_000 } }), await addUsers(1));
      const { config } = await (await jetstreamManager((await connect()).connection)).streams.info('EVIDENT_EVENTS');
      expect([config.max_age, config.max_bytes]).toEqual([0, 1_000_000]);
      await expectEachOnce();
    });
  },
);
