import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { freePort, serviceProcesses, until } from '@evident/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { split } from '../e2e/split.shape.ts';
import { refusedStart } from './refused-start.ts';
import { damagedFiles, type SpoiledStart, wrongKeys, wrongSettings } from './spoiled-starts.ts';
import { type WrittenDirectory, writeDirectory } from './written-directory.ts';

const reason = split.missing === undefined ? '' : ` (skipped: ${split.missing})`;
/** What the services find out; the table of standalone has all the rest. */
const found: readonly SpoiledStart[] = [...wrongSettings, ...wrongKeys, ...damagedFiles].filter(({ wrong }) =>
  ['another MASTER_KEY', 'damage in the middle of events.db'].includes(wrong),
);

describe.skipIf(split.missing !== undefined)(`the four processes${reason}`, () => {
  let written: WrittenDirectory;
  beforeAll(async () => {
    written = await writeDirectory();
  });
  afterAll(async () => {
    written?.remove();
    await split.stopServers();
  });

  async function refused(spoil: SpoiledStart['spoil'], env: Readonly<Record<string, string>> = {}) {
    const dataDir = written.copy();
    const spoiled = { NATS_URL: split.natsUrl ?? '', ...env, ...spoil(dataDir) };
    const start = await refusedStart({ shape: 'split', dataDir, env: spoiled });
    rmSync(dataDir, { recursive: true, force: true });
    expect(start.exitCode).toBe(1);
    expect(start.message.match(/did not start/g), start.message).toHaveLength(1);
    return start;
  }
  const nothing = () => undefined;

  it.each(found)('do not start, and one of them says why and what to do, with $wrong', async (start) => {
    const { message } = await refused(start.spoil);
    expect(message).toMatch(start.names);
    expect(message).toMatch(start.remedy);
  });

  it('do not start without NATS_URL', async () => {
    const { message } = await refused(nothing, { NATS_URL: '' });
    expect(message).toMatch(/NATS_URL is not set\.\nStart a server/);
  });

  it('do not start where no NATS server answers', async () => {
    const away = `nats://127.0.0.1:${await freePort()}`;
    const { message, log } = await refused(nothing, { NATS_URL: away });
    expect(message).toMatch(/NATS at 127\.0\.0\.1:\d+ did not answer\.\nStart it, or correct NATS_URL\./);
    expect(log).toBe('');
  });

  it('do not start where the ports after HEALTH_PORT are none', async () => {
    const { message } = await refused(nothing, { HEALTH_PORT: '65535' });
    expect(message).toMatch(/^evident start:split did not start: HEALTH_PORT .+\nSet HEALTH_PORT to 65533 or less\.$/);
  });

  it('do not start with a first administrator who cannot be made, and make nothing before', async () => {
    const env = { NATS_URL: split.natsUrl ?? '', ADMIN_PASSWORD: 'password' };
    const dataDir = join(written.copy(), 'new');
    const { exitCode, message } = await refusedStart({ shape: 'split', dataDir, env });
    const isMade = existsSync(dataDir);
    rmSync(dirname(dataDir), { recursive: true, force: true });
    expect({ exitCode, isMade }).toEqual({ exitCode: 1, isMade: false });
    expect(message).toMatch(/^evident auth-command did not start: ADMIN_PASSWORD .+\nSet another ADMIN_PASSWORD\.$/);
  });

  it.each(['PORT', 'HEALTH_PORT'])('do not start on a %s in use, and make nothing before', async (variable) => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const address = other.address();
    const port = String(typeof address === 'object' ? address?.port : 0);
    const env = { NATS_URL: split.natsUrl ?? '', ADMIN_PASSWORD: '', [variable]: port };
    const dataDir = join(written.copy(), 'new');
    const start = await refusedStart({ shape: 'split', dataDir, env });
    other.close();
    expect(existsSync(dataDir), 'a data directory').toBe(false);
    rmSync(dirname(dataDir), { recursive: true, force: true });
    expect(start).toMatchObject({
      exitCode: 1,
      message: expect.stringMatching(
        `^evident start:split did not start: Port ${port} on 127.0.0.1 is in use.+\nStop.+ set ${variable} to`,
      ),
    });
  });

  it.skipIf(!existsSync('/proc/self/environ'))('are each given the secrets that they need, and no others', async () => {
    const key = () => randomBytes(32).toString('base64');
    const evident = await split.start({ MASTER_KEY: key(), DATA_KEY: key() });
    const processes = [...serviceProcesses(evident.process.pid)];
    const given = processes.map(([name, pid]) => [name, secretsIn(readFileSync(`/proc/${pid}/environ`, 'utf8'))]);
    await evident.remove();
    expect(Object.fromEntries(given)).toEqual({
      'auth-command': ['ADMIN_PASSWORD', 'DATA_KEY', 'MASTER_KEY'],
      'token-issuer': ['DATA_KEY', 'MASTER_KEY'],
      'identity-projection': ['DATA_KEY'],
      gateway: [],
    });
  });

  it('end with their supervisor, however that ends, and can be started again', async () => {
    const HEALTH_PORT = String(await freePort());
    const evident = await split.start({ HEALTH_PORT });
    const services = [...serviceProcesses(evident.process.pid).values()];
    expect(services).toHaveLength(4);
    await evident.kill();
    await until(() => !services.some(isAlive) || undefined, { what: 'the end of services without a supervisor' });
    const again = await evident.restart();
    for (const [place, check] of ['auth-command', 'token-issuer', 'identity-projection'].entries()) {
      const response = await fetch(`http://127.0.0.1:${Number(HEALTH_PORT) + place}/health`);
      expect(response.status, check).toBe(200);
    }
    await again.remove();
  });
});

/** Of an environment as the system shows it, the names of what only some services need. */
function secretsIn(environment: string): readonly string[] {
  const names = environment.split('\0').map((line) => line.slice(0, line.indexOf('=')));
  return names.filter((name) => /_KEY|PASSWORD|_(STORE|MODEL|KEYS)_URL/.test(name)).toSorted();
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
