import { once } from 'node:events';
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { examine, type Finding, thisSystem } from '../src/doctor/index.ts';
import { type DataDirectory, makeDataDirectory } from './data-directory.fixture.ts';
import { type Circumstances, faults } from './planted-faults.fixture.ts';

let sound: DataDirectory;
let other: DataDirectory;
beforeAll(async () => {
  [sound, other] = [await makeDataDirectory(), await makeDataDirectory()];
});
afterAll(() => {
  sound.remove();
  other.remove();
});

function look(dataDir: string, circumstances: Circumstances = {}): Promise<readonly Finding[]> {
  const { env = {}, system = {}, now = Date.now, quick = false } = circumstances;
  return examine({
    env: { PORT: '0', ...env, DATA_DIR: dataDir },
    system: { ...thisSystem, natsPatienceMs: 200, ...system },
    ...{ now, quick, report: () => undefined },
  });
}

describe('the doctor', () => {
  it('finds nothing wrong with a sound data directory', async () => {
    const findings = await look(sound.path);
    expect(findings.filter(({ status }) => status !== 'ok')).toEqual([]);
    expect(findings.map(({ check }) => check)).toContain('event content');
  });

  it.each(faults)('finds $name, and says what to do', async ({ name, plant, check, says, advises, quickly }) => {
    const dataDir = sound.copy(name.replaceAll(/\W+/g, '-'));
    const circumstances = plant(dataDir, { sound, other }) ?? {};
    for (const quick of quickly === true ? [false, true] : [false]) {
      const findings = await look(dataDir, { ...circumstances, quick });
      const failed = findings.filter(({ status }) => status === 'fail');
      const found = failed.find((finding) => finding.check === check && says.test(finding.message));
      expect(found, JSON.stringify(findings, undefined, 2)).toBeDefined();
      expect(found?.remedy).toMatch(advises);
      for (const finding of failed) expect(finding.remedy, finding.message).toMatch(/\S/);
    }
  });

  it('names who holds a port', async () => {
    const server = createServer((_, response) => response.end()).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const findings = await look(sound.path, { env: { PORT: String(port) }, quick: true });
    server.close();
    const found = findings.find(({ check }) => check === 'ports');
    expect(found?.status).toBe('fail');
    if (process.platform === 'linux') expect(found?.message).toContain(`process ${process.pid}`);
    expect(found?.remedy).toContain('set PORT');
  });

  it('takes a server for what it is, on this data directory or on another', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const portFinding = async (files: readonly string[]) => {
      const holder = { processId: 7, command: 'node main.js', files };
      const env = { PORT: String(port) };
      const findings = await look(sound.path, { env, quick: true, system: { portHolder: () => holder } });
      return findings.find(({ check }) => check === 'ports');
    };
    expect(await portFinding([join(sound.path, 'events.db')])).toMatchObject({ status: 'ok' });
    const other = await portFinding(['/srv/other/events.db']);
    expect(other).toMatchObject({ status: 'warn', message: expect.stringContaining('on /srv/other') });
    expect(other?.remedy).toContain('Stop it before');
    server.close();
  });

  it('takes the gateway of four services for Evident, though it has no file of the log open', async () => {
    const server = createServer((_, response) => response.end('{"service":"Evident"}')).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const holder = { processId: 7, command: 'node main.js', files: [] };
    const env = { PORT: String(port) };
    const findings = await look(sound.path, { env, quick: true, system: { portHolder: () => holder } });
    server.close();
    const found = findings.find(({ check }) => check === 'ports');
    expect(found).toMatchObject({
      status: 'warn',
      message: `A gateway of Evident listens on port ${port} (process 7).`,
    });
    expect(found?.remedy).toMatch(/of this deployment[\s\S]*set PORT/);
  });

  it('warns of what interrupted programs left, once it is old', async () => {
    const dataDir = sound.copy('leftovers');
    const left = join(dataDir, 'events.db.0123456789ab.new');
    writeFileSync(left, '', { mode: 0o600 });
    expect((await look(dataDir, { quick: true })).filter(({ status }) => status !== 'ok')).toEqual([]);
    const yesterday = Date.now() / 1000 - 86_400;
    utimesSync(left, yesterday, yesterday);
    const findings = (await look(dataDir, { quick: true })).filter(({ status }) => status !== 'ok');
    expect(findings).toMatchObject([{ check: 'data directory', status: 'warn' }]);
    expect(findings[0]?.remedy).toContain(left);
  });

  it('says nothing of the mode of a folder, which its remedy would leave as it is and nobody else can get to', async () => {
    const dataDir = sound.copy('folder');
    mkdirSync(join(dataDir, 'lost+found'));
    chmodSync(join(dataDir, 'lost+found'), 0o755);
    expect((await look(dataDir, { quick: true })).filter(({ status }) => status !== 'ok')).toEqual([]);
  });

  it('leaves the directory as it was', async () => {
    const dataDir = sound.copy('untouched');
    chmodSync(join(dataDir, 'data.key'), 0o644);
    rmSync(join(dataDir, 'person-keys.db'));
    rmSync(join(dataDir, 'read-models.db'));
    const before = contentOf(dataDir);
    await look(dataDir);
    expect(contentOf(dataDir)).toEqual(before);
  });

  it('has no fault to find where nothing was started yet, and makes nothing', async () => {
    const findings = await look(sound.place('not-there'));
    expect(findings.filter(({ status }) => status === 'fail')).toEqual([]);
    expect(findings.find(({ check }) => check === 'data directory')).toMatchObject({ status: 'warn' });
  });
});

/** Names, modes and contents, without what SQLite puts beside a file while it reads. */
function contentOf(directory: string): readonly (readonly [string, number, string])[] {
  return readdirSync(directory)
    .filter((name) => !/-(wal|shm)$/.test(name))
    .map((name) => {
      const path = join(directory, name);
      return [name, statSync(path).mode, readFileSync(path, 'base64')] as const;
    });
}
