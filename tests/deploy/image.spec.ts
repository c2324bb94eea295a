import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, startNatsServer, until } from '@evident/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { repository } from './tool.ts';

const reason = process.env.IMAGE === 'on' ? '' : ' (skipped: it installs packages for a minute; run with IMAGE=on)';

/** The base, gcr.io/distroless/cc-debian12, as its registry states it, in MB. */
const baseMegabytes = 24;

describe.skipIf(reason !== '')(`what goes into the image${reason}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'evident-image-'));
  const tree = join(folder, 'evident');
  const started: ChildProcess[] = [];
  beforeAll(() => {
    const assembled = spawnSync(join(repository, 'deploy/image/assemble.sh'), [tree], { encoding: 'utf8' });
    if (assembled.status !== 0) throw new Error(assembled.stderr);
  }, 300_000);
  afterAll(async () => {
    await Promise.all(started.map((child) => (child.exitCode === null ? once(child, 'exit') : undefined)));
    rmSync(folder, { recursive: true, force: true });
  });

  it('is under 250 MB with its base', () => {
    const megabytes = sizeOf(tree) / 1_000_000;
    process.stdout.write(`The image holds ${megabytes.toFixed(0)} MB beside a base of ${baseMegabytes} MB.\n`);
    expect(megabytes + baseMegabytes).toBeLessThan(250);
  });

  it('holds no spec, fixture, source or tool of development', () => {
    const inside = readdirSync(join(tree, 'node_modules'));
    expect(inside).not.toEqual(expect.arrayContaining(['typescript']));
    expect(inside.filter((name) => /^(vitest|turbo|fast-check|testcontainers)$/.test(name))).toEqual([]);
    const own = ['libs', 'services'].flatMap((room) => readdirSync(join(tree, room), { recursive: true }).map(String));
    expect(own.filter((file) => /\.(spec|fixture)\.js$|\.ts$|\.map$/.test(file))).toEqual([]);
  });

  it('starts standalone by the command of the Dockerfile', async () => {
    const dockerfile = readFileSync(join(repository, 'deploy/image/Dockerfile'), 'utf8');
    const [, command = ''] = /^CMD \["(.+)"\]$/m.exec(dockerfile) ?? [];
    expect(dockerfile).toContain('ENTRYPOINT ["/evident/bin/node"]');
    const port = await freePort();
    const child = start(command, { PORT: String(port), DATA_DIR: join(folder, 'alone') });
    await until(() => isReady(port), { what: 'the image to be ready', withinMs: 30_000 });
    await stop(child);
  });

  it('starts the four services by the commands of docker-compose.yml, until the gateway is ready', async () => {
    const nats = await startNatsServer();
    if ('missing' in nats) throw new Error(nats.missing);
    const { services } = parse(readFileSync(join(repository, 'docker-compose.yml'), 'utf8'), { merge: true });
    const [key, port] = [(of: number) => Buffer.alloc(32, of).toString('base64'), await freePort()];
    const shared = { DATA_DIR: join(folder, 'four'), DATA_KEY: key(1), PORT: String(port), NATS_URL: nats.url };
    const masterKeys: Readonly<Record<string, string>> = { 'auth-command': key(2), 'token-issuer': key(3) };
    const children = ['auth-command', 'identity-projection', 'token-issuer', 'gateway'].map((name) => {
      const masterKey = masterKeys[name];
      const own = masterKey === undefined ? {} : { MASTER_KEY: masterKey };
      return start(services[name].command[0], { ...shared, ...own, ADMIN_PASSWORD: 'a password for the image' });
    });
    await until(() => isReady(port), { what: 'the gateway to be ready', withinMs: 60_000 });
    await Promise.all(children.map(stop));
    await nats.stop();
  });

  function start(command: string, env: Readonly<Record<string, string>>): ChildProcess {
    const child = spawn(join(tree, 'bin/node'), [command], {
      cwd: tree,
      env: { NODE_ENV: 'production', HOST: '127.0.0.1', ...env },
      stdio: 'ignore',
    });
    started.push(child);
    return child;
  }
});

async function stop(child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  expect(await exited).toEqual([0, null]);
}

async function isReady(port: number): Promise<true | undefined> {
  try {
    return (await fetch(`http://127.0.0.1:${port}/ready`)).ok || undefined;
  } catch {
    return undefined;
  }
}

function sizeOf(path: string): number {
  const stat = lstatSync(path);
  if (!stat.isDirectory()) return stat.size;
  return readdirSync(path).reduce((sum, name) => sum + sizeOf(join(path, name)), 0);
}
