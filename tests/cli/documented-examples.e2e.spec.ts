import { type ChildProcess, execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { isReadyReport } from '@evident/runtime';
import { freePort } from '@evident/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bin } from './evident.ts';

const repository = join(import.meta.dirname, '../..');

/** Documents whose bash blocks are one session each, beside a server that was started as the sh block of the README says. */
const documents = ['services/standalone/README.md', 'docs/backup.md'];

describe('the documented examples', () => {
  let folder: string;
  let env: Record<string, string>;
  let server: ChildProcess;
  let exited: Promise<unknown[]>;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'evident-docs-'));
    const commands = join(folder, 'bin');
    mkdirSync(commands);
    writeFileSync(join(commands, 'evident'), `#!/bin/sh\nexec "${process.execPath}" "${bin}" "$@"\n`, { mode: 0o755 });
    const path = [commands, dirname(process.execPath), process.env.PATH].join(delimiter);
    env = { PATH: path, PORT: String(await freePort()), LOG_LEVEL: 'error' };
    const [, start = ''] = blocksOf('services/standalone/README.md', 'sh')[0]?.trim().split(' ') ?? [];
    expect(start).toBe('start');
    // Without the options of this process, which would have it run from source.
    server = fork(bin, [start], { cwd: folder, env, execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    exited = once(server, 'exit');
    const [message] = await Promise.race([once(server, 'message'), exited]);
    expect(isReadyReport(message)).toBe(true);
  });

  afterAll(async () => {
    server.kill('SIGTERM');
    const [code] = await exited;
    rmSync(folder, { recursive: true, force: true });
    expect(code).toBe(0);
  });

  it.each(documents)('run as they are printed in %s', async (document) => {
    const script = blocksOf(document, 'bash').join('\n');
    expect(script).toContain('evident ');
    const ran = await promisify(execFile)('bash', ['--norc', '-euo', 'pipefail', '-c', script], { cwd: folder, env });
    expect(ran.stderr).toBe('');
    expect(ran.stdout).toContain('Nothing is wrong');
  });
});

function blocksOf(document: string, language: string): readonly string[] {
  const text = readFileSync(join(repository, document), 'utf8');
  return [...text.matchAll(/^```(\w+)\n(.*?)^```$/gms)].flatMap(([, name, block = '']) =>
    name === language ? [block] : [],
  );
}
