import { type CloudEvent, subscribe } from '@evident/client';
import { type Deployment, isMissing, type NatsServer, startDeployment, startNatsServer, until } from '@evident/testing';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { afterAll, describe, expect, it } from 'vitest';
import { evident } from '../cli/evident.ts';
import { adminToken, call } from '../e2e/http.ts';
import { createUser } from '../e2e/objects.ts';
import { fence } from './documented-page.ts';

const probe = await startNatsServer();
const missing = isMissing(probe) ? probe.missing : undefined;
if (!isMissing(probe)) await probe.stop();

describe.skipIf(missing !== undefined)(`what the pages say to the broker (${missing ?? 'a real one'})`, () => {
  /** How much of the feed JetStream keeps, by the names of docs/configuration.md. */
  const kept = { FEED_MAX_AGE: '3600', FEED_MAX_BYTES: '20000000', FEED_REPLICAS: '1' };
  const ending: (() => Promise<unknown>)[] = [];
  afterAll(async () => {
    for (const end of ending.toReversed()) await end();
  });
  const withUser = ({ url }: NatsServer, user: string) => url.replace('//', `//${user}:secret@`);

  async function broker(config: string): Promise<NatsServer> {
    const started = await startNatsServer({ config });
    if (isMissing(started)) throw new Error(started.missing);
    ending.push(() => started.stop());
    return started;
  }
  async function deployment(natsUrl: string): Promise<Deployment> {
    const evident = await startDeployment({ shape: 'main', env: { NATS_URL: natsUrl, ...kept } });
    ending.push(() => evident.remove());
    return evident;
  }
  async function connected({ url: servers }: NatsServer, user: string): Promise<NatsConnection> {
    const nats = await connect({ servers, user, pass: 'secret' });
    ending.push(() => nats.close());
    return nats;
  }
  /** Where the event that a feed begins with is in its log. */
  const firstPublished = async (nats: NatsConnection) => {
    const { streams } = await jetstreamManager(nats);
    const message = await streams.getMessage('EVIDENT_EVENTS', { seq: 1 }).catch(() => undefined);
    return message?.json<CloudEvent>().position;
  };

  it('docs/operations.md: two deployments on the accounts of one server publish a feed each', async () => {
    const passwords = 'PRODUCTION: "secret"\nSTAGING: "secret"\n';
    const server = await broker(passwords + fence('docs/operations.md', 'text', 'accounts {'));
    const users = ['evident', 'evident-staging'] as const;
    const [production, staging] = await Promise.all(users.map((user) => deployment(withUser(server, user))));
    if (production === undefined || staging === undefined) throw new Error('two were started');
    const feeds = await Promise.all(users.map((user) => connected(server, user)));
    const firstPlaces = () => Promise.all(feeds.map(firstPublished));
    const [one, other] = await until(
      async () => ((await firstPlaces()).includes(undefined) ? undefined : firstPlaces()),
      {
        what: 'both feeds',
      },
    );
    expect(one).not.toBe(other);
    for (const nats of feeds) {
      const { config } = await (await jetstreamManager(nats)).streams.info('EVIDENT_EVENTS');
      expect(config).toMatchObject({ max_age: 3_600 * 1e9, max_bytes: 20_000_000, num_replicas: 1 });
    }
    for (const { url } of [production, staging]) {
      expect(await (await fetch(`${url}/ready`)).json()).toMatchObject({ status: 'ok' });
    }
  });

  it('docs/feed.md: a service with the printed permissions follows the feed, and can do nothing else', async () => {
    const permissions = fence('docs/feed.md', 'text', 'permissions {');
    const users = `{user: evident, password: secret}, {user: billing, password: secret, ${permissions}}`;
    const server = await broker(`authorization { users: [${users}] }`);
    const evident = await deployment(withUser(server, 'evident'));
    const token = await adminToken(evident);
    const seen: CloudEvent[] = [];
    const subscription = subscribe({
      servers: withUser(server, 'billing'),
      durable: 'billing',
      from: 'start',
      types: ['user.*'],
      checkpoint: { load: async () => undefined, save: async () => undefined },
      handle: (event) => void seen.push(event),
    });
    ending.push(() => subscription.stop());
    const { body } = await createUser(evident, token);
    await until(() => seen.some(({ subject }) => subject === `user:${body.uid}`) || undefined, {
      what: 'the new user',
    });
    const billing = await connected(server, 'billing');
    const refused = Promise.withResolvers<unknown>();
    billing.subscribe('evident.>', { callback: (error) => refused.resolve(error) });
    expect(String(await refused.promise)).toMatch(/permissions violation/i);
    await expect((await jetstreamManager(billing)).streams.delete('EVIDENT_EVENTS')).rejects.toThrow();
  });

  it('docs/feed.md: a feed into which somebody else published is removed, and published again to whoever follows it', async () => {
    const server = await broker('');
    const evident = await deployment(server.url);
    const token = await adminToken(evident);
    const [seen, told]: [string[], unknown[]] = [[], []];
    const subscription = subscribe({
      servers: server.url,
      durable: 'billing',
      from: 'start',
      types: ['user.*'],
      checkpoint: { load: async () => undefined, save: async () => undefined },
      handle: ({ position }) => void seen.push(position),
      onError: (error) => told.push(error),
    });
    ending.push(() => subscription.stop());
    await until(() => seen.length > 0 || undefined, { what: 'the first event' });
    const other = await connect({ servers: server.url });
    ending.push(() => other.close());
    other.publish('evident.events.main.user.x.registered', 'not an event');
    await until(() => told.length > 0 || undefined, { what: 'what the subscription says of it' });
    expect(told[0]).toMatchObject({ code: 'unexpected', message: expect.stringContaining('is no event of Evident') });
    const { streams } = await jetstreamManager(other);
    await streams.delete('EVIDENT_EVENTS');
    const { body } = await createUser(evident, token);
    const log = await call(evident, '/events?types=user.*&limit=1000', { token });
    const wanted = log.body.events.map(({ position }: CloudEvent) => position);
    await until(() => seen.length >= wanted.length || undefined, { what: `what came after user ${body.uid}` });
    expect(seen).toEqual(wanted);
  });

  it('docs/audit.md: a replay goes to the named subject in its order, and what is not let through is told', async () => {
    const may = (user: string, subject: string) =>
      `{user: ${user}, password: secret, permissions {publish = ["${subject}"], subscribe = [">"]}}`;
    const users = [may('auditor', 'evident.replays.>'), may('other', 'shop.>')];
    const server = await broker(`authorization { users: [${users.join()}] }`);
    const source = await startDeployment({ shape: 'main' });
    ending.push(() => source.remove());
    const received: string[] = [];
    const listener = await connected(server, 'auditor');
    listener.subscribe('evident.replays.try', {
      callback: (_, message) => void received.push(message.json<CloudEvent>().position),
    });
    await listener.flush();
    const replay = (user: string) => {
      const line = ['audit', 'replay', '--to', `${withUser(server, user)}/evident.replays.try`, '--speed', 'max'];
      return evident(line, { env: { DATA_DIR: source.dataDir } });
    };
    const refused = await replay('other');
    expect(refused).toMatchObject({ code: 1, out: '' });
    expect(refused.err).toMatch(/evident\.replays\.try[\s\S]*permission/);
    const { code, out } = await replay('auditor');
    const { events, position } = JSON.parse(out);
    await until(() => received.length >= events || undefined, { what: 'what was replayed' });
    expect({ code, last: received.at(-1), count: received.length }).toEqual({ code: 0, last: position, count: events });
    expect(received).toEqual(received.toSorted());
  });
});
