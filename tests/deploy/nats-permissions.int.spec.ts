import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  freePort,
  isMissing,
  type ServiceName,
  type StartedService,
  startNatsServer,
  startService,
  until,
} from '@evident/testing';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection, PermissionViolationError } from '@nats-io/transport-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { repository } from './tool.ts';

const services = ['gateway', 'auth-command', 'identity-projection', 'token-issuer'] as const;
const password = 'a password of the broker';

/** The file as it is deployed, with passwords beside it and without what the server of a spec sets by itself. */
function deployedConfiguration(): string {
  const text = readFileSync(join(repository, 'deploy/nats/nats.conf'), 'utf8');
  const passwords = services.map((name) => `${name.toUpperCase().replaceAll('-', '_')}_PASSWORD: "${password}"`);
  const own = text.replace(/^(include|port:|http:).*$/gm, '').replace(/^jetstream \{[^}]*\}$/m, '');
  return `${passwords.join('\n')}\n${own}`;
}

/** As it lies in the container of docker-compose.yml, where an include is looked for from the folder of its file. */
function checkInItsPlaces(): string {
  const root = mkdtempSync(join(tmpdir(), 'evident-broker-places-'));
  const [conf, secrets] = [join(root, 'etc/nats'), join(root, 'run/secrets')];
  for (const folder of [conf, secrets]) mkdirSync(folder, { recursive: true });
  copyFileSync(join(repository, 'deploy/nats/nats.conf'), join(conf, 'nats.conf'));
  const users = services.map((name) => `${name.toUpperCase().replaceAll('-', '_')}_PASSWORD: "${password}"`);
  writeFileSync(join(secrets, 'nats-users.conf'), `${users.join('\n')}\n`);
  const { stdout, stderr } = spawnSync('nats-server', ['-t', '-c', join(conf, 'nats.conf')], { encoding: 'utf8' });
  rmSync(root, { recursive: true, force: true });
  return stdout + stderr;
}

const nats = await startNatsServer({ config: deployedConfiguration() });
const reason = isMissing(nats) ? ` (skipped: ${nats.missing})` : '';

describe.skipIf(isMissing(nats))(`the broker with deploy/nats/nats.conf${reason}`, () => {
  if (isMissing(nats)) return;
  const folder = mkdtempSync(join(tmpdir(), 'evident-broker-'));
  const urlOf = (name: ServiceName) => nats.url.replace('//', `//${name}:${encodeURIComponent(password)}@`);
  const connections: NatsConnection[] = [];
  const started: StartedService[] = [];
  const as = async (name: ServiceName) => {
    const connection = await connect({ servers: nats.url, user: name, pass: password, inboxPrefix: `_INBOX.${name}` });
    connections.push(connection);
    return connection;
  };
  let gateway = '';

  beforeAll(async () => {
    const port = await freePort();
    gateway = `http://127.0.0.1:${port}`;
    const key = (of: number) => Buffer.alloc(32, of).toString('base64');
    const shared = {
      DATA_DIR: folder,
      DATA_KEY: key(1),
      PORT: String(port),
      ADMIN_PASSWORD: 'a password of the owner',
    };
    const masterKeys: Partial<Record<ServiceName, string>> = { 'auth-command': key(2), 'token-issuer': key(3) };
    for (const name of ['auth-command', 'identity-projection', 'token-issuer', 'gateway'] as const) {
      const masterKey = masterKeys[name];
      const own = masterKey === undefined ? {} : { MASTER_KEY: masterKey };
      started.push(await startService(name, { ...shared, ...own, NATS_URL: urlOf(name) }).ready);
    }
    await until(async () => (await fetch(`${gateway}/ready`)).ok || undefined, { what: 'the gateway to be ready' });
  });
  afterAll(async () => {
    for (const service of started.toReversed()) await service.stop();
    await Promise.all(connections.map((connection) => connection.close()));
    await nats.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('is read with the passwords beside it, from where the compose file puts the two', () => {
    expect(checkInItsPlaces()).toMatch(/nats\.conf is valid/);
  });

  it('lets the services do their work, the feed too', async () => {
    const form = new URLSearchParams({ username: 'admin', password: 'a password of the owner' });
    const { access_token: token } = JSON.parse(
      await (await fetch(`${gateway}/token`, { method: 'POST', body: form })).text(),
    );
    const ask = (path: string, body?: object, method = body === undefined ? 'GET' : 'POST') =>
      fetch(`${gateway}${path}`, {
        method,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: body === undefined ? null : JSON.stringify(body),
      });
    const user = { username: 'jdoe', email: 'jdoe@example.com', password: 'a password of jdoe' };
    const created = await ask('/users/', user);
    expect(created.status).toBe(201);
    const { uid } = JSON.parse(await created.text());
    expect((await ask('/api/sso/v1/roles', { name: 'Editor', scopes: ['read:content'] })).status).toBe(201);
    expect((await ask(`/api/sso/v1/users/${uid}`, { roles: ['editor'] }, 'PATCH')).status).toBe(200);
    expect((await ask('/users/')).status).toBe(200);
    const text = async () => await (await ask('/ops/projections')).text();
    expect(await text()).toContain('users');
    expect((await ask(`/ops/people/user:${uid}`, undefined, 'DELETE')).status).toBe(200);
    const { streams } = await jetstreamManager(await as('identity-projection'));
    const subjects_filter = `evident.events.main.user.${uid}.>`;
    const left = async () => (await streams.info('EVIDENT_EVENTS', { subjects_filter })).state.subjects;
    await expect.poll(left).toEqual({ [`evident.events.main.user.${uid}.erased`]: 1 });
    expect(started.map((service) => service.output()).join('')).not.toMatch(/permission|forbidden/i);
  });

  const forbidden: readonly (readonly [ServiceName, 'publish' | 'subscribe', string])[] = [
    ['gateway', 'publish', 'evident.identity-projection.qry.find-sign-in.v1'],
    ['gateway', 'publish', 'evident.identity-projection.qry.list-open-claims.v1'],
    ['gateway', 'publish', 'evident.identity-projection.evt.revocations.main'],
    ['gateway', 'publish', 'evident.events.main.user.x.registered'],
    ['gateway', 'subscribe', 'evident.auth-command.cmd.>'],
    ['gateway', 'subscribe', '_INBOX.auth-command.>'],
    ['gateway', 'subscribe', '>'],
    ['auth-command', 'publish', 'evident.token-issuer.cmd.open-session.v1'],
    ['auth-command', 'publish', 'evident.identity-projection.qry.get-user.v1'],
    ['auth-command', 'subscribe', 'evident.identity-projection.qry.>'],
    ['auth-command', 'subscribe', '_INBOX.gateway.>'],
    ['identity-projection', 'publish', 'evident.auth-command.cmd.register-user.v1'],
    ['identity-projection', 'subscribe', 'evident.auth-command.cmd.>'],
    ['identity-projection', 'subscribe', '_INBOX.auth-command.>'],
    ['identity-projection', 'publish', '$JS.API.STREAM.DELETE.SOMEBODY_ELSES'],
    ['token-issuer', 'publish', 'evident.auth-command.cmd.register-user.v1'],
    ['token-issuer', 'publish', '_INBOX.gateway.forged.1'],
    ['token-issuer', 'subscribe', 'evident.token-issuer.cmd.> another-group'],
    ['token-issuer', 'subscribe', '_INBOX.gateway.>'],
  ];
  it.each(forbidden)('forbids %s to %s %s', async (name, operation, pattern) => {
    const connection = await as(name);
    const refused = Promise.withResolvers<unknown>();
    void (async () => {
      for await (const status of connection.status()) if (status.type === 'error') refused.resolve(status.error);
    })();
    const [subject = '', queue] = pattern.split(' ');
    if (operation === 'publish') connection.publish(subject, '{}');
    else connection.subscribe(subject, { ...(queue === undefined ? {} : { queue }), callback: () => {} });
    await connection.flush();
    expect(await refused.promise).toBeInstanceOf(PermissionViolationError);
  });
});
