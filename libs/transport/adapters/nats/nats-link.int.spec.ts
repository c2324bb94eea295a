import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { succeed } from '@evident/contracts';
import { isMissing, type NatsServer, startNatsServer } from '@evident/testing';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { echo, keep, someContext } from '../../contract/sample-contracts.ts';
import { waitUntil } from '../../contract/wait-until.ts';
import { MessageHandlers, type TransportLogFields } from '../../src/index.ts';
import { connectNats, NatsClient, type NatsLink, NatsProblem, NatsResponder } from './index.ts';

const probe = await startNatsServer();
const missing = isMissing(probe) ? probe.missing : undefined;
if (!isMissing(probe)) await probe.stop();

const open: NatsLink[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((link) => link.close()));
});

async function server(config?: string): Promise<NatsServer> {
  const started = await startNatsServer(config === undefined ? {} : { config });
  if (isMissing(started)) throw new Error(started.missing);
  onTestFinished(() => started.stop());
  return started;
}

async function link(url: string, service = 'gateway', more = {}): Promise<NatsLink> {
  const connected = await connectNats({ servers: [url], service, ...more });
  open.push(connected);
  return connected;
}

const withUser = (url: string, user: string) => url.replace('//', `//${user}@`);

function recorder() {
  const lines: { fields: TransportLogFields; text: string }[] = [];
  const record = (fields: TransportLogFields, text: string) => void lines.push({ fields, text });
  return { lines, log: { info: record, warn: record, error: record } };
}

async function problemOf(connecting: Promise<unknown>): Promise<NatsProblem> {
  const error = await connecting.catch((thrown: unknown) => thrown);
  if (error instanceof NatsProblem) return error;
  throw new Error(`expected a problem, got ${String(error)}`);
}

describe.skipIf(missing !== undefined)(`a connection to NATS${missing === undefined ? '' : ` (${missing})`}`, () => {
  it('waits for a server that is not there yet, and says so', async () => {
    const { url, halt, restart } = await server();
    await halt();
    const { lines, log } = recorder();
    const connecting = link(url, 'gateway', { log });
    await waitUntil('a line in the log', () => lines.length > 0);
    expect(lines[0]?.text).toMatch(
      /^NATS at 127\.0\.0\.1:\d+ does not answer; start it, or correct NATS_URL\. Trying again\.$/,
    );
    await restart();
    expect((await connecting).status).toBe('connected');
  });

  it('stops waiting when it is told to', async () => {
    const { url, halt } = await server();
    await halt();
    const stop = new AbortController();
    const connecting = problemOf(link(url, 'gateway', { signal: stop.signal }));
    stop.abort();
    expect((await connecting).code).toBe('closed');
  });

  it('does not wait where the credential is refused, and does not repeat it', async () => {
    const { url } = await server('authorization { user: gateway, password: right }');
    const { code, message, remedy } = await problemOf(link(withUser(url, 'gateway:hunter2')));
    expect(code).toBe('refused');
    expect(message + remedy).not.toContain('hunter2');
    expect((await link(withUser(url, 'gateway:right'))).status).toBe('connected');
  });

  it('closes while the server is away', async () => {
    const { url, halt } = await server();
    const connected = await link(url);
    await halt();
    await waitUntil('the loss to be noticed', () => connected.status === 'reconnecting');
    await connected.close();
    await connected.close();
    expect(connected.status).toBe('closed');
  });

  it('says at once that a message is forbidden to the service', async () => {
    const gateway = `{ user: gateway, password: a, permissions: { publish: "${echo.subject}", subscribe: "_INBOX.gateway.>" } }`;
    const { url } = await server(`authorization { users: [ ${gateway}, { user: service, password: b } ] }`);
    const responder = new NatsResponder(await link(withUser(url, 'service:b'), 'service'));
    const handlers = new MessageHandlers()
      .add(echo, () => succeed({ text: 'b' }))
      .add(keep, () => succeed({ kept: true }));
    await responder.serve(handlers);
    const client = new NatsClient(await link(withUser(url, 'gateway:a')));
    expect(await client.request(echo, { text: 'a' }, someContext())).toMatchObject({ ok: true });
    expect(await client.request(keep, { anything: 1 }, someContext())).toMatchObject({
      error: { code: 'service.unavailable' },
    });
  });

  it('is not disturbed by packets that are none', async () => {
    const { url } = await server();
    const { lines, log } = recorder();
    const serving = await link(url, 'service');
    await new NatsResponder(serving, { log }).serve(new MessageHandlers().add(echo, () => succeed({ text: 'b' })));
    const { connection } = await link(url);
    for (const garbage of ['', '{', '[]', '"x"', '{"data":{"payload":"hunter2"}}', new Uint8Array([0xff, 0xfe])]) {
      const answer = await connection.request(echo.subject, garbage, { timeout: 5000 });
      expect(answer.json()).toMatchObject({ response: { error: { code: 'request.invalid' } } });
    }
    connection.publish(echo.subject, '{}');
    await waitUntil('the request without an inbox to be dropped', () => lines.length > 0);
    expect(JSON.stringify(lines)).not.toContain('hunter2');
    const client = new NatsClient(await link(url));
    expect(await client.request(echo, { text: 'a' }, someContext())).toMatchObject({ ok: true });
  });

  it.each([
    '',
    '{',
    '{"response":7}',
    '{"response":{"ok":false}}',
    '{"response":{"ok":false,"error":{"code":"no.such"}}}',
  ])('takes no answer of another system for a reply: %s', async (garbage) => {
    const { url } = await server();
    const { connection } = await link(url, 'service');
    connection.subscribe(echo.subject, { callback: (_, message) => void message.respond(garbage) });
    await connection.flush();
    const client = new NatsClient(await link(url));
    expect(await client.request(echo, { text: 'a' }, someContext())).toMatchObject({
      error: { code: 'fault.internal' },
    });
  });
});

const noOpenssl = spawnSync('openssl', ['version']).error === undefined ? undefined : 'there is no openssl on the PATH';
const noTls = missing ?? noOpenssl;

describe.skipIf(noTls !== undefined)(`an encrypted connection${noTls === undefined ? '' : ` (${noTls})`}`, () => {
  async function encrypted() {
    const folder = mkdtempSync(join(tmpdir(), 'evident-tls-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
    const form = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
    spawnSync('openssl', [...form, '-keyout', key, '-out', cert, ...subject]);
    const { url } = await server(`tls { cert_file: "${cert}", key_file: "${key}" }`);
    return { url: url.replace('nats:', 'tls:'), cert };
  }

  it('is made with the authority that signed the certificate', async () => {
    const { url, cert } = await encrypted();
    expect((await link(url, 'gateway', { caFile: cert })).status).toBe('connected');
  });

  it('is refused with a certificate that nobody vouches for', async () => {
    const { url } = await encrypted();
    const { code, remedy } = await problemOf(link(url));
    expect(code).toBe('certificate');
    expect(remedy).toContain('NATS_CA');
  });

  it('is refused by a server that does not encrypt', async () => {
    const { url } = await server();
    const { code } = await problemOf(link(url.replace('nats:', 'tls:')));
    expect(code).toBe('plaintext');
  });
});
