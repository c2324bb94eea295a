import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Deployment, freePort, startDeployment, until } from '@evident/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { missing, run } from '../deploy/tool.ts';
import { call } from '../e2e/http.ts';
import { fence } from './documented-page.ts';

const page = 'docs/deploy.md';
const settings = Object.fromEntries(
  fence(page, 'ini', 'PUBLIC_URL=')
    .trim()
    .split('\n')
    .map((line) => line.split('=') as [string, string]),
);
const folder = mkdtempSync(join(tmpdir(), 'evident-deploy-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const noSystemd = missing('systemd-analyze', 'apt-get install systemd');
describe.skipIf(noSystemd !== '')(`the unit of ${page}${noSystemd}`, () => {
  const verify = (unit: string) => {
    const file = join(folder, 'evident.service');
    // What it starts lies elsewhere on the machine that reads it here.
    writeFileSync(file, unit.replace(/^ExecStart=\S+/m, `ExecStart=${process.execPath}`));
    return run('systemd-analyze', ['verify', '--man=no', '--recursive-errors=no', file]).text;
  };

  it('is understood by systemd in every line', () => {
    const unit = fence(page, 'ini', '[Service]');
    expect(verify(unit)).not.toContain('evident.service');
    expect(verify(unit.replace('Restart=', 'Restrat='))).toContain('evident.service');
  });
});

const noNginx = missing('nginx', 'apt-get install nginx-light', ['-v']);
describe.skipIf(noNginx !== '')(`behind the proxy of ${page}${noNginx}`, () => {
  let evident: Deployment;
  let nginx: ChildProcess;
  let port: number;
  beforeAll(async () => {
    evident = await startDeployment({ shape: 'main', env: { ...settings, PORT: String(await freePort()) } });
    port = await freePort();
    mkdirSync(join(folder, 'logs'));
    const subject = ['-subj', '/CN=sso.example.com', '-addext', 'subjectAltName=DNS:sso.example.com'];
    const files = ['-keyout', join(folder, 'privkey.pem'), '-out', join(folder, 'fullchain.pem')];
    spawnSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', ...subject, ...files]);
    const server = fence(page, 'nginx', 'proxy_pass')
      .replace(`127.0.0.1:${settings.PORT}`, new URL(evident.url).host)
      .replace('listen 443', `listen 127.0.0.1:${port}`)
      .replaceAll('/etc/ssl/sso.example.com', folder);
    const around = 'daemon off; worker_processes 1; error_log stderr; pid nginx.pid; events {}';
    writeFileSync(join(folder, 'nginx.conf'), `${around}\nhttp {\naccess_log off;\n${server}}\n`);
    nginx = spawn('nginx', ['-p', folder, '-c', 'nginx.conf'], { stdio: 'ignore' });
    await until(() => ask('/health').catch(() => undefined), { what: 'the proxy' });
  });
  afterAll(async () => {
    nginx?.kill();
    await evident?.remove();
  });

  interface Proxied {
    readonly status: number | undefined;
    readonly headers: Readonly<Record<string, unknown>>;
    readonly text: string;
  }
  /** Reads until the end, or until what came contains `enough`. */
  function ask(path: string, { headers = {}, body = '', enough = '' } = {}): Promise<Proxied> {
    const { promise, resolve, reject } = Promise.withResolvers<Proxied>();
    const own = { host: 'sso.example.com', ...headers };
    const options = { port, host: '127.0.0.1', path, rejectUnauthorized: false, servername: 'sso.example.com' };
    const sent = request({ ...options, method: body === '' ? 'GET' : 'POST', headers: own }, (response) => {
      let text = '';
      const done = () => resolve({ status: response.statusCode, headers: response.headers, text });
      response.on('data', (chunk) => {
        text += String(chunk);
        if (enough === '' || !text.includes(enough)) return;
        done();
        sent.destroy();
      });
      response.on('end', done);
    });
    sent.on('error', reject);
    sent.end(body);
    return promise;
  }

  const signIn = (headers = {}) => {
    const { username: identifier, password: secret } = evident.administrator;
    const body = JSON.stringify({ identifier, secret });
    return ask('/api/sso/v1/auth/login', { headers: { 'content-type': 'application/json', ...headers }, body });
  };

  it('tokens name the published issuer and audience, and cookies go over TLS alone', async () => {
    const { status, headers, text } = await signIn();
    expect(status).toBe(200);
    const [, claims = ''] = String(JSON.parse(text).access_token).split('.');
    expect(JSON.parse(Buffer.from(claims, 'base64url').toString())).toMatchObject({
      iss: settings.PUBLIC_URL,
      aud: settings.TOKEN_AUDIENCE,
    });
    for (const cookie of headers['set-cookie'] as readonly string[]) expect(cookie).toMatch(/; Secure/);
  });

  it('the log knows the client by the address that the proxy saw, whatever the client says of itself', async () => {
    const { text } = await signIn({ 'x-forwarded-for': '203.0.113.9' });
    const token = JSON.parse(text).access_token;
    const { body } = await call(evident, '/audit/sign-ins?limit=1000', { token });
    const addresses = body.signIns.map(({ clientIp }: { readonly clientIp: string }) => clientIp);
    expect(addresses.length).toBeGreaterThan(0);
    expect(new Set(addresses)).toEqual(new Set(['127.0.0.1']));
    // That the header counts where the proxy is trusted.
    const headers = { 'x-forwarded-for': '203.0.113.10' };
    const { username, password } = evident.administrator;
    const form = new URLSearchParams({ username, password });
    await fetch(`${evident.url}/token`, { method: 'POST', headers, body: form });
    const { body: later } = await call(evident, '/audit/sign-ins?limit=1000', { token });
    expect(JSON.stringify(later.signIns)).toContain('203.0.113.10');
  });

  it('live events come as they happen, and metrics stay inside', async () => {
    const token = JSON.parse((await signIn()).text).access_token;
    const headers = { authorization: `Bearer ${token}`, accept: 'text/event-stream' };
    const { text } = await ask('/events?types=signin.*', { headers, enough: 'signin.succeeded' });
    expect(text).toMatch(/^data: \{.*signin\.succeeded/m);
    expect((await ask('/metrics')).status).toBe(404);
    expect((await fetch(`${evident.url}/metrics`)).status).toBe(200);
  });
});
