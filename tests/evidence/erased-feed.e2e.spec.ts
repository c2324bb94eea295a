import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Deployment, isMissing, type NatsServer, startDeployment, startNatsServer, until } from '@evident/testing';
import { connectNats, type NatsLink } from '@evident/transport/nats';
import { jetstreamManager } from '@nats-io/jetstream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adminToken, type Body, call } from '../e2e/http.ts';

const started = await startNatsServer();
const missing = isMissing(started) ? started.missing : undefined;
const sso = '/api/sso/v1';

/** Files of the broker that hold something of the person. */
function foundIn(directory: string): string[] {
  const files = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => /zebulon|vexing/i.test(readFileSync(path, 'latin1')));
}

describe.skipIf(missing !== undefined)(
  `the feed of an erased person${missing === undefined ? '' : ` (skipped: ${missing})`}`,
  () => {
    let nats: NatsServer;
    let link: NatsLink;
    let server: Deployment;
    let token: string;
    beforeAll(async () => {
      if (isMissing(started)) throw new Error(started.missing);
      nats = started;
      server = await startDeployment({ shape: 'main', env: { NATS_URL: nats.url } });
      token = await adminToken(server);
      link = await connectNats({ servers: [nats.url], service: 'identity-projection' });
    });
    afterAll(async () => {
      await link?.close();
      await server?.remove();
      await nats?.stop();
    });

    /** Messages in the stream by subject, of one aggregate. */
    async function messages(aggregate: string, id: string): Promise<Readonly<Record<string, number>>> {
      const manager = await jetstreamManager(link.connection);
      const filter = `evident.events.main.${aggregate}.${id}.>`;
      const { state } = await manager.streams.info('EVIDENT_EVENTS', { subjects_filter: filter });
      return state.subjects ?? {};
    }
    const count = async (aggregate: string, id: string) =>
      Object.values(await messages(aggregate, id)).reduce((sum, each) => sum + each, 0);

    it('has no message about them, their sign-ins, sessions and keys, but that they were erased, and no byte in its files', async () => {
      const person = { identifier: 'zebulon@vexing.example', password: 'a good password' };
      const held = { ...person, scopes: ['manage:sso/apikey'] };
      const { uid } = (await call(server, `${sso}/users`, { token, json: held })).body;
      const json = { identifier: person.identifier, secret: person.password };
      const theirs = (await call(server, `${sso}/auth/login`, { json })).body.access_token;
      const sessions = (await call(server, `${sso}/sessions`, { token: theirs })).body.items.map(
        (one: Body) => one.uid,
      );
      const issue = async (name: string): Promise<string> => {
        const { status, body } = await call(server, `${sso}/apikeys`, { token: theirs, json: { name } });
        expect({ status, body }).toMatchObject({ status: 201 });
        return body.uid;
      };
      const keys = [await issue('Zebulons laptop'), await issue('Zebulons old laptop')];
      await call(server, `${sso}/apikeys/${keys[1]}`, { token: theirs, method: 'DELETE' });
      const about: [string, string][] = [
        ['signin', uid],
        ...sessions.map((id: string): [string, string] => ['session', id]),
        ...keys.map((id): [string, string] => ['apikey', id]),
      ];
      expect(about).toHaveLength(4);
      const counts = () => Promise.all(about.map(([aggregate, id]) => count(aggregate, id)));
      await until(async () => ((await counts()).every((each) => each > 0) ? true : undefined), {
        what: 'the messages of before',
      });
      await expect.poll(() => foundIn(nats.storeDir)).not.toEqual([]);
      expect((await call(server, `/ops/people/user:${uid}`, { token, method: 'DELETE' })).status).toBe(200);
      await until(async () => ((await counts()).every((each) => each === 0) ? true : undefined), {
        what: 'a feed without them',
      });
      expect(await messages('user', uid)).toEqual({ [`evident.events.main.user.${uid}.erased`]: 1 });
      expect(foundIn(nats.storeDir)).toEqual([]);
    });
  },
);
