import { randomUUID } from 'node:crypto';
import { closeSync, existsSync, openSync, readdirSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { openEmbeddedEventStore } from '@evident/event-store/embedded';
import { startDeployment, until } from '@evident/testing';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { adminToken, call } from '../e2e/http.ts';
import { untilReady } from '../e2e/until-ready.ts';
import { refusedStart } from './refused-start.ts';
import { damagedFiles, wrongKeys, wrongSettings } from './spoiled-starts.ts';
import { type WrittenDirectory, writeDirectory } from './written-directory.ts';

let written: WrittenDirectory;
beforeAll(async () => {
  written = await writeDirectory();
});
afterAll(() => written?.remove());

/** One message, of what is wrong and of what to do; the exit code 1; no stack, and nothing on the disk is changed. */
describe('standalone does not start, and says why and what to do, with', () => {
  it.concurrent.for([...wrongSettings, ...wrongKeys, ...damagedFiles])(
    '$wrong',
    async ({ spoil, names, remedy }, { expect }) => {
      const dataDir = written.copy();
      try {
        const env = spoil(dataDir) ?? {};
        const before = files(dataDir);
        const { exitCode, message } = await refusedStart({ shape: 'main', dataDir, env });
        expect(exitCode).toBe(1);
        expect(message).toMatch(names);
        expect(message).toMatch(remedy);
        expect(message).toMatch(/^evident standalone did not start: /);
        expect(message.match(/did not start/g), message).toHaveLength(1);
        expect(message).not.toMatch(/^\s+at /m);
        expect(files(dataDir), 'what is on the disk').toEqual(before);
      } finally {
        rmSync(dataDir, { recursive: true, force: true });
      }
    },
  );

  it('an event of a newer version about administrators', async ({ expect }) => {
    const dataDir = written.copy();
    await appendOfNewerVersion(join(dataDir, 'events.db'), 'roster-main', 'roster.suspended');
    const before = files(dataDir);
    const { exitCode, message } = await refusedStart({ shape: 'main', dataDir });
    expect(files(dataDir), 'what is on the disk').toEqual(before);
    rmSync(dataDir, { recursive: true, force: true });
    expect(exitCode).toBe(1);
    expect(message).toMatch(
      /^evident standalone did not start: event at position \S+ cannot be read: [^\n]+\nInstall [^\n]+$/,
    );
  });

  it('a port in use, before it makes anything or shows a password', async ({ expect }) => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const address = other.address();
    const PORT = String(typeof address === 'object' ? address?.port : 0);
    const dataDir = join(written.copy(), 'new');
    const { exitCode, message } = await refusedStart({ shape: 'main', dataDir, env: { PORT, ADMIN_PASSWORD: '' } });
    other.close();
    expect(existsSync(dataDir), 'a data directory').toBe(false);
    rmSync(dirname(dataDir), { recursive: true, force: true });
    expect(exitCode).toBe(1);
    expect(message).toBe(
      `evident standalone did not start: Port ${PORT} on 127.0.0.1 is in use by another process.\n` +
        'Stop that process, or set PORT to a free port, for example PORT=8100.',
    );
  });
});

describe('standalone starts, builds its rows again from the log and says so, with', () => {
  it.concurrent.for([
    ['a damaged read-models.db', spoilFirstPage, /read-models\.db: damaged; moved to [^"]+ built again from the log/],
    ['no read-models.db', (path: string) => rmSync(path), /Evident is ready/],
  ] as const)('%s', async ([, spoil, says], { expect }) => {
    const dataDir = written.copy();
    spoil(join(dataDir, 'read-models.db'));
    const evident = await startDeployment({ shape: 'main', dataDir });
    try {
      await until(() => says.test(evident.output()) || undefined, { what: String(says) });
      await untilReady(evident);
      const token = await adminToken(evident);
      expect((await call(evident, '/users/?limit=1000', { token })).body).toEqual(written.users);
    } finally {
      await evident.remove();
    }
  });
});

async function appendOfNewerVersion(path: string, stream: string, type: string): Promise<void> {
  const store = await openEmbeddedEventStore({ path });
  const metadata = {
    tenant: 'main',
    actor: 'system',
    commandId: 'newer',
    correlationId: 'newer',
    occurredAt: Date.now(),
  };
  await store.append(stream, [{ id: randomUUID(), type, schema: 99, data: {}, metadata }], 'any');
  await store.close();
}

function spoilFirstPage(path: string): void {
  const file = openSync(path, 'r+');
  writeSync(file, Buffer.alloc(200, 0xab), 0, 200, 0);
  closeSync(file);
}

/** Every file that holds something, but SQLite's own notes, with its bytes. */
function files(dataDir: string): Record<string, string> {
  const kept = readdirSync(dataDir, { withFileTypes: true }).filter(
    (entry) => entry.isFile() && !/-(wal|shm)$/.test(entry.name) && !entry.name.startsWith('read-models'),
  );
  return Object.fromEntries(kept.map(({ name }) => [name, readFileSync(join(dataDir, name)).toString('base64')]));
}
