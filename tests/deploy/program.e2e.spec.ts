import { execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Deployment, freePort, startDeployment } from '@evident/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adminToken, call } from '../e2e/http.ts';
import { repository } from './tool.ts';

const services = ['auth-command', 'gateway', 'identity-projection', 'standalone', 'token-issuer'];
const programOf = (service: string) => join(repository, 'services', service, 'dist/program');

/** What of Node a server loads only when somebody needs it; `undici` comes with any import of `http` as a module. */
const unneeded = /^NativeModule (http2|https|tls|internal\/deps\/undici\/undici)$/;

describe('the programs that are deployed', () => {
  it.each(services)('are plain ASCII: %s', (service) => {
    const files = readdirSync(programOf(service)).filter((name) => name.endsWith('.js'));
    expect(files).toContain('main.js');
    const others = files.filter((name) => !/^[\0-\x7f]*$/.test(readFileSync(join(programOf(service), name), 'latin1')));
    expect(others).toEqual([]);
  });

  it('find what lies outside of them: each file that they name by where it lies is there', () => {
    const named = services.flatMap((service) =>
      readdirSync(programOf(service)).flatMap((name) => {
        const text = readFileSync(join(programOf(service), name), 'utf8');
        return [...text.matchAll(/new URL\([`"]([^`"]+\.js)[`"],\s*import\.meta\.url\)/g)].map(([, path = '']) =>
          join(programOf(service), path),
        );
      }),
    );
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter((path) => !existsSync(path))).toEqual([]);
  });
});

/** At the first listener to SIGTERM: sends that signal, and prints what of Node was loaded by then. */
const endAtFirstListener = `
  import { writeSync } from 'node:fs';
  process.on('newListener', function first(signal) {
    if (signal !== 'SIGTERM') return;
    process.off('newListener', first);
    const loaded = [...process.moduleLoadList];
    process.on('exit', () => writeSync(1, JSON.stringify(loaded)));
    process.kill(process.pid, 'SIGTERM');
  });`;
const programs = [...services.map((service) => `${service}/dist/program/main.js`), 'standalone/dist/program/split.js'];

describe('a program that is told to end while it is loaded', () => {
  const folder = mkdtempSync(join(tmpdir(), 'evident-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  // The system hides a signal from process 1 of a container that does not listen to it yet.
  it.each(programs)('hears of it before it loads anything, and ends with 0: %s', async (program) => {
    const preload = `data:text/javascript,${encodeURIComponent(endAtFirstListener)}`;
    const path = join(repository, 'services', program);
    // Nothing answers there, so that a start which does not hear of the signal waits instead of failing.
    const env = { NATS_URL: 'nats://127.0.0.1:9', DATA_DIR: join(folder, 'data') };
    const { stdout } = await promisify(execFile)(process.execPath, ['--import', preload, path], { env });
    const loaded = JSON.parse(stdout.slice(stdout.indexOf('[')));
    expect(loaded).toContain('NativeModule fs');
    expect(loaded).not.toContain('NativeModule crypto');
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('a server whose output nobody reads', () => {
  it('starts, and ends with 0', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'evident-'));
    const env = { DATA_DIR: folder, PORT: String(await freePort()) };
    const server = fork(join(programOf('standalone'), 'main.js'), { env, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
    for (const output of [server.stdout, server.stderr]) output?.destroy();
    await once(server, 'message');
    const ended = once(server, 'exit');
    server.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
    rmSync(folder, { recursive: true });
  }, 60_000);
});

describe('a server that was asked for a token and a user', () => {
  let evident: Deployment;
  beforeAll(async () => {
    const tell = `process.on('SIGUSR2', () => process.send({ loaded: process.moduleLoadList }));`;
    evident = await startDeployment({ shape: 'main', preload: tell });
    await call(evident, '/users/1', { token: await adminToken(evident) });
  }, 60_000);
  afterAll(() => evident?.remove());

  it('has loaded neither a client of HTTP nor TLS', async () => {
    const { promise, resolve } = Promise.withResolvers<readonly string[]>();
    evident.process.on('message', (message) => {
      if (typeof message === 'object' && message !== null && 'loaded' in message) {
        resolve(message.loaded as readonly string[]);
      }
    });
    evident.process.kill('SIGUSR2');
    const loaded = await promise;
    expect(loaded).toContain('NativeModule http');
    expect(loaded.filter((name) => unneeded.test(name))).toEqual([]);
  });
});
