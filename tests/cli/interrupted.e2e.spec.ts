import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { startDeployment } from '@evident/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cheapHashes } from '../consistency/stage.ts';
import { bin, evident } from './evident.ts';

/** Sends a signal at the moment when what is unfinished is made: every time in the middle. */
const signalAt = (made: string, signal: string) => `
  import fs from 'node:fs';
  import { syncBuiltinESMExports } from 'node:module';
  const { mkdirSync } = fs;
  fs.mkdirSync = (path, options) => {
    const answer = mkdirSync(path, options);
    if (String(path).includes(${JSON.stringify(made)})) process.kill(process.pid, '${signal}');
    return answer;
  };
  syncBuiltinESMExports();`;

describe.skipIf(process.platform === 'win32')('a command that is interrupted', () => {
  let folder: string;
  let dataDir: string;
  const place = (name: string) => join(folder, name);

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'evident-interrupted-'));
    dataDir = place('data');
    await (await startDeployment({ shape: 'main', env: cheapHashes, dataDir })).stop();
    expect(await evident(['backup', place('whole')], { env: { DATA_DIR: dataDir } })).toMatchObject({ code: 0 });
  }, 60_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  async function interrupted(line: readonly string[], signal: NodeJS.Signals, made = '.part') {
    const preload = `data:text/javascript,${encodeURIComponent(signalAt(made, signal))}`;
    const child = spawn(process.execPath, ['--import', preload, bin, ...line], {
      env: { PATH: process.env.PATH, PORT: '0', DATA_DIR: dataDir },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const said = [text(child.stdout), text(child.stderr)];
    const [, endedBy] = await once(child, 'close');
    const [out, err] = await Promise.all(said);
    return { endedBy, out, err };
  }

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('leaves nothing of a backup, and says so: %s', async (signal) => {
    const before = readdirSync(folder);
    expect(await interrupted(['backup', place('half')], signal)).toEqual({
      endedBy: signal,
      out: '',
      err: `evident backup: Ended by ${signal} before it was done.\nRun it again; nothing half made is in its way.\n`,
    });
    expect(readdirSync(folder)).toEqual(before);
  });

  it.each([
    ['is not there yet', () => undefined],
    ['is empty', (into: string) => mkdirSync(into)],
  ])('leaves a folder to restore into as it was, so that the next restore takes it: one that %s', async (_, make) => {
    const into = place('restored');
    rmSync(into, { recursive: true, force: true });
    make(into);
    const before = readdirSync(folder);
    const line = ['restore', place('whole'), '--into', into, '--keys-from', dataDir];
    expect((await interrupted(line, 'SIGINT')).endedBy).toBe('SIGINT');
    expect(readdirSync(folder)).toEqual(before);
    expect(await evident(line)).toMatchObject({ code: 0 });
  });

  it('ends a migration between two pages, and the next one goes on', async () => {
    const line = [
      'migrate',
      '--from',
      `sqlite:${join(dataDir, 'events.db')}`,
      '--to',
      `sqlite:${place('moved')}/events.db`,
    ];
    const { endedBy, err } = await interrupted(line, 'SIGINT', 'moved');
    expect({ endedBy, err }).toEqual({ endedBy: 'SIGINT', err: expect.stringContaining('Ended by SIGINT') });
    expect(await evident(line, { env: { DATA_DIR: dataDir } })).toMatchObject({ code: 0 });
  });
});
