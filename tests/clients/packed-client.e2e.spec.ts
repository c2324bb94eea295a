import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { takesLongSuites } from '../long-suites.ts';

const repository = join(import.meta.dirname, '../..');
const client = join(repository, 'libs/client');

/** The samples of the README, in order. */
const samples = [...readFileSync(join(client, 'README.md'), 'utf8').matchAll(/```ts\n(.*?)```/gs)].map(
  ([, text = '']) => text,
);

/** Of the line between the two that are usually at hand; fetched where long suites are run. */
const between = { version: '22.23.3', folder: mkdtempSync(join(tmpdir(), 'evident-node-')) };
afterAll(() => rmSync(between.folder, { recursive: true, force: true }));

/** Every Node that is at hand: the one that runs this, the machine's own, and the one between. */
const nodes = [
  ...new Map([...machineNodes(), ...fetchedNodes(), process.execPath].map((node) => [versionOf(node), node])).values(),
];

function fetchedNodes(): readonly string[] {
  const name = `node-${process.platform}-${process.arch}`;
  if (!takesLongSuites) return [];
  const args = ['install', '--no-audit', '--no-fund', '--prefer-offline', '--ignore-scripts', '--prefix'];
  const { status } = spawnSync('npm', [...args, between.folder, `${name}@${between.version}`], { encoding: 'utf8' });
  if (status !== 0) console.log(`Node ${between.version} is not tried: ${name} cannot be installed here`);
  return status === 0 ? [join(between.folder, 'node_modules', name, 'bin/node')] : [];
}

function machineNodes(): readonly string[] {
  const found = (process.env.PATH ?? '').split(':').map((folder) => join(folder, 'node'));
  return found.filter((node) => versionOf(node) !== undefined && !node.includes('node_modules'));
}

function versionOf(node: string): string | undefined {
  const { stdout, status } = spawnSync(node, ['--version'], { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : undefined;
}

const registered = {
  ...{
    specversion: '1.0',
    id: '7f000000-0000-4000-8000-000000000001',
    type: 'user.registered',
    source: '/tenants/main',
  },
  ...{ subject: 'user:7f000000-0000-4000-8000-000000000002', time: '2026-01-25T12:00:00.000Z', data: { number: 1 } },
  ...{ dataschema: 'urn:evident:user.registered:1', datacontenttype: 'application/json', revision: 0, actor: 'system' },
  ...{ position: 'abcdefghijklmnop~0000000000000001', commandid: 'c', correlationid: 'r' },
};

/** By what stands in a sample, that it has done its work: code that waits for it, or throws. */
const proofs: Readonly<Record<string, string>> = {
  'signIn(': "if ((await sample.signIn('a', 'b')) !== 7) throw new Error('not 7');",
  'whoIs(': "if ((await sample.whoIs('nonsense')) !== undefined) throw new Error('somebody');",
  "durable: 'billing'": `const { existsSync, readFileSync, rmSync } = await import('node:fs');
    while (!existsSync('.evident/billing.json')) await new Promise((resolve) => setTimeout(resolve, 5));
    if (JSON.parse(readFileSync('.evident/billing.json', 'utf8')).position !== '${registered.position}')
      throw new Error('another place');
    rmSync('.evident', { recursive: true });`,
  "new DatabaseSync('table.db')": `const { DatabaseSync } = await import('node:sqlite');
    const { rmSync } = await import('node:fs');
    const table = new DatabaseSync('table.db');
    const rows = () => table.prepare('SELECT subject, since, json FROM users, place').all();
    while (rows().length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    const [{ subject, since, json }] = rows();
    const found = [subject, since, JSON.parse(json).position].join();
    if (found !== '${[registered.subject, registered.time, registered.position]}') throw new Error(found);
    rmSync('table.db');`,
  'createFakeEvents()': '',
  "from '@evident/client/express'": '',
};

describe('the packed client', () => {
  let folder: string;
  let tarball: string;
  let problem: string | undefined;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'evident-client-'));
    const packed = execFileSync('npm', ['pack', '--json', '--pack-destination', folder], {
      cwd: client,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    tarball = filenameOf(packed);
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'empty', private: true, type: 'module' }));
    const versions = ['typescript', '@types/node', 'express', '@nestjs/common', 'reflect-metadata', 'rxjs'].map(
      (name) => `${name}@${installedVersion(name)}`,
    );
    const args = [
      'install',
      '--no-audit',
      '--no-fund',
      '--prefer-offline',
      '--ignore-scripts',
      `./${tarball}`,
      ...versions,
    ];
    const installed = spawnSync('npm', args, { cwd: folder, encoding: 'utf8' });
    if (installed.status !== 0) problem = installed.stderr;
  }, 240_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('is packed and installed as its README says', () => {
    const [, commands = ''] = /```sh\n(.*?)```/s.exec(readFileSync(join(client, 'README.md'), 'utf8')) ?? [];
    const [pack = '', install = ''] = commands.split('\n').filter((line) => line.startsWith('npm '));
    const { name } = JSON.parse(readFileSync(join(client, 'package.json'), 'utf8'));
    const [noted] = JSON.parse(
      execFileSync('bash', ['-c', `${pack} --dry-run --json`], { cwd: repository, encoding: 'utf8' }),
    );
    expect([noted.name, noted.filename]).toEqual([name, tarball]);
    expect(install.split('/').at(-1)).toBe(tarball);
  });

  it('holds built code, types, its README and its licence, and nothing of a service', () => {
    expect(problem).toBeUndefined();
    const found = execFileSync('find', ['node_modules/@evident/client', '-type', 'f'], {
      cwd: folder,
      encoding: 'utf8',
    });
    const files = found
      .trim()
      .split('\n')
      .map((file) => file.slice('node_modules/@evident/client/'.length));
    const kinds = files.map((file) => file.replace(/^dist\/src\/.*\.(js|d\.ts)$/, 'built'));
    expect([...new Set(kinds)].sort()).toEqual(['LICENSE', 'README.md', 'built', 'package.json']);
    const licence = readFileSync(join(folder, 'node_modules/@evident/client/LICENSE'), 'utf8');
    expect(licence).toBe(readFileSync(join(repository, 'LICENSE'), 'utf8'));
    expect(files.filter((file) => file.includes('.spec.'))).toEqual([]);
    const imported = execFileSync('grep', ['-rhoE', "from '[^.'][^']*'", 'node_modules/@evident/client/dist'], {
      cwd: folder,
      encoding: 'utf8',
    });
    const packages = new Set(
      imported
        .trim()
        .split('\n')
        .map((line) => line.slice(6, -1).replace(/^node:.*/, 'node:')),
    );
    const own = ['@nats-io/jetstream', '@nats-io/transport-node', '@nestjs/common', 'jose', 'node:'];
    expect([...packages].sort()).toEqual(own);
  });

  it('type-checks in a strict project, with every sample of its README', () => {
    mkdirSync(join(folder, 'src'), { recursive: true });
    const shims = 'declare module "express";\n';
    writeFileSync(join(folder, 'src/shims.d.ts'), shims);
    samples.forEach((text, at) => {
      const isExpress = text.includes("from 'express'");
      const typed = isExpress
        ? text.replace('(request, response) =>', '(_request: unknown, response: { json(body: unknown): void }) =>')
        : text;
      writeFileSync(join(folder, `src/sample${at}.ts`), `${typed}\nexport {};\n`);
    });
    const compilerOptions = {
      strict: true,
      noUncheckedIndexedAccess: true,
      exactOptionalPropertyTypes: true,
      skipLibCheck: false,
      module: 'nodenext',
      target: 'es2022',
      lib: ['es2023'],
      types: ['node'],
      outDir: 'built',
      rootDir: 'src',
    };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['src'] }));
    const checked = spawnSync(join(folder, 'node_modules/.bin/tsc'), ['-p', '.'], { cwd: folder, encoding: 'utf8' });
    const ours = checked.stdout.split('\n').filter((line) => /^src\/|@evident\/client/.test(line));
    expect(ours).toEqual([]);
  });

  describe.each(nodes.map((node) => [versionOf(node) ?? '', node] as const))('on Node %s', (_version, node) => {
    let evident: Server;
    let url: string;
    beforeAll(async () => {
      evident = createServer((request, response) => {
        const isFirstPage = !new URL(request.url ?? '', 'http://evident.test').searchParams.has('after');
        const page = { events: isFirstPage ? [registered] : [], next: registered.position, caughtUp: true };
        const verdict = { authorized: true, message: 'Authorized', user: { id: 7 } };
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end(JSON.stringify(request.url === '/verify' ? verdict : page));
      });
      await new Promise<void>((resolve) => evident.listen(0, '127.0.0.1', resolve));
      url = `http://127.0.0.1:${(evident.address() as AddressInfo).port}`;
    });
    afterAll(() => {
      evident.closeAllConnections();
      evident.close();
    });

    const run = (code: string) =>
      spawnAsync(node, ['--input-type=module', '-e', code], {
        cwd: folder,
        env: { PATH: process.env.PATH, EVIDENT_URL: url, EVIDENT_TOKEN: 't', NATS_URL: 'nats://127.0.0.1:9' },
      });

    it.for(samples.map((text, at) => [at, text] as const))('runs sample %i', async ([at, text], { skip }) => {
      const hasSqlite = /^v(2[2-9]|[3-9])/.test(versionOf(node) ?? '');
      skip(text.includes("'node:sqlite'") && !hasSqlite, 'it keeps its place in node:sqlite, which came with Node 22');
      const [proof] = Object.entries(proofs).flatMap(([mark, code]) => (text.includes(mark) ? [code] : []));
      if (proof === undefined) throw new Error('nothing says what this sample does');
      const { code, output } = await run(
        `const sample = await import('./built/sample${at}.js');\n${proof}\nsetTimeout(() => process.exit(0), 300);`,
      );
      const said = output.replaceAll(/^.*(ExperimentalWarning|--trace-warnings).*$/gm, '').trim();
      // There is no NATS, and nobody in the sample asked to be told.
      const warned = /^\(node:\d+\) \[unavailable\] EvidentError: NATS cannot be used: connection refused$/;
      expect([code, said]).toEqual([0, text.includes('NATS_URL') ? expect.stringMatching(warned) : '']);
    });
  });
});

function filenameOf(packed: string): string {
  const [found] = JSON.parse(packed) as readonly { readonly filename: string }[];
  if (found === undefined) throw new Error('nothing was packed');
  return found.filename;
}

function installedVersion(name: string): string {
  const manifest = join(repository, 'node_modules', name, 'package.json');
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { readonly version: string }).version;
}

/** The server that it asks runs in this process, which must not wait meanwhile. */
async function spawnAsync(
  command: string,
  args: readonly string[],
  options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
) {
  const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += String(text)));
  const [code] = await once(child, 'exit');
  return { code: code as number | null, output };
}
