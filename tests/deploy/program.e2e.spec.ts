import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Deployment, startDeployment } from '@evident/testing';
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
