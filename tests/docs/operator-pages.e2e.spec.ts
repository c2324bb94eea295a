import { spawnSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Deployment, startDeployment } from '@evident/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bin } from '../cli/evident.ts';
import { adminToken } from '../e2e/http.ts';
import { createUser } from '../e2e/objects.ts';
import { fence, fencesOf } from './documented-page.ts';
import { runScript } from './run-script.ts';

const repository = join(import.meta.dirname, '../..');
const hasPython = spawnSync('python3', ['--version']).status === 0;

describe('what the pages for operators print', () => {
  let evident: Deployment;
  let receiver: Server;
  let folder: string;
  let token: string;
  const received: { readonly headers: IncomingHttpHeaders; readonly body: string }[] = [];

  beforeAll(async () => {
    evident = await startDeployment({ shape: 'main' });
    token = await adminToken(evident);
    receiver = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => {
        body += String(chunk);
      });
      request.on('end', () => {
        received.push({ headers: request.headers, body });
        response.end();
      });
    });
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    folder = mkdtempSync(join(tmpdir(), 'evident-operator-'));
    symlinkSync(bin, join(folder, 'evident'));
  });
  afterAll(async () => {
    receiver?.close();
    await evident?.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  function run(script: string, command?: readonly string[]): Promise<string> {
    const { port } = receiver.address() as AddressInfo;
    const env = { EVIDENT_URL: evident.url, EVIDENT_TOKEN: token, RECEIVER: `http://127.0.0.1:${port}/evident` };
    return runScript(script, { programs: folder, env }, command);
  }

  const shell = (page: string) => fencesOf(page).filter(({ language }) => language === 'bash');

  it('docs/projections.md: list, verify, rebuild, parked', async () => {
    await createUser(evident, token);
    const outputs: string[] = [];
    for (const { text } of shell('docs/projections.md')) outputs.push(await run(text));
    const [list, verified, rebuilt, parked] = outputs;
    expect(list).toMatch(/^NAME +GROUP +VERSION +STATE/);
    expect(list).toMatch(/users +directory +\d+ +live/);
    expect(verified).toMatch(/rows, each as the log says\.$/m);
    expect(rebuilt).toMatch(/^Done: [\d,]+ events\.$/m);
    expect(parked).toBe('Nothing is parked.\n');
  });

  it('docs/feed.md: a webhook from its secret to its removal, its signature checked by the printed lines', async () => {
    const [create, rest] = shell('docs/feed.md');
    const made = await run(create?.text ?? '');
    const [, secret = ''] = /^Secret +(whsec_\S+)$/m.exec(made) ?? [];
    expect(made).toMatch(/delivering/);
    await createUser(evident, token);
    await expect.poll(() => received.length).toBeGreaterThan(0);
    const [first] = received;
    const signature = String(first?.headers['evident-signature']);
    const [, seconds, given] = /^t=(\d+),v1=(\w+)$/.exec(signature) ?? [];
    expect(createHmac('sha256', secret).update(`${seconds}.${first?.body}`).digest('hex')).toBe(given);
    const python = `${fence('docs/feed.md', 'python', 'signed_by_evident')}
import sys
assert signed_by_evident(sys.argv[1], sys.argv[2], sys.argv[3].encode())
assert not signed_by_evident(sys.argv[1], sys.argv[2], sys.argv[3].encode() + b" ")
assert not signed_by_evident("", sys.argv[4], sys.argv[3].encode())`;
    // With no secret anybody could have signed.
    const unsigned = createHmac('sha256', '').update(`${seconds}.${first?.body}`).digest('hex');
    // Where there is no Python the same is shown above by other code.
    if (hasPython)
      await run(python, ['python3', '-c', python, secret, signature, first?.body ?? '', `t=${seconds},v1=${unsigned}`]);
    const output = await run(rest?.text ?? '');
    expect(output).toBe('paused.\nresumed.\nIt is sent again from there.\nChanged.\nRemoved.\n');
  });

  it('deploy/README.md: the command in a container, but for the container', async () => {
    const docker = '#!/bin/sh\n[ "$1 $2 $4" = "compose exec /evident/bin/node" ] && shift 4 && exec node "$@"\n';
    writeFileSync(join(folder, 'docker'), docker, { mode: 0o755 });
    const script = shell('deploy/README.md').map(({ text }) => text);
    const env = { DATA_DIR: evident.dataDir };
    const output = await runScript(script.join(''), { programs: folder, cwd: repository, env });
    expect(output).toMatch(/^User +admin [\s\S]*^KID +FOR[\s\S]*^Integrity +nothing was changed$/m);
  });
});
