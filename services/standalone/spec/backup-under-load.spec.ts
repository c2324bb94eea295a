import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { streams } from '@evident/domain';
import { readable } from '@evident/event-store';
import { loadConfig } from '@evident/runtime';
import { openTemporaryLog } from '@evident/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { restoreBackup, takeBackup } from '../src/backup/index.ts';
import { examine, thisSystem } from '../src/doctor/index.ts';
import { type DataDirectory, makeDataDirectory } from './data-directory.fixture.ts';

const rounds = Number(process.env.BACKUP_ROUNDS ?? 2);
const writesBetween = 400;
const report = () => undefined;

describe('a backup beside a process that writes', () => {
  let deployment: DataDirectory;
  beforeAll(async () => {
    deployment = await makeDataDirectory();
  });
  afterAll(() => deployment.remove());

  it(`has every event that was acknowledged before it began, and the key of everyone in it (${rounds} rounds)`, async () => {
    const loaded = loadConfig({ PORT: '0', DATA_DIR: deployment.path }, { service: 'standalone' });
    if (!loaded.ok) throw new Error('the configuration of the spec is wrong');
    const { config } = loaded;
    const writer = startWriter(deployment.path);
    const taken: { readonly to: string; readonly acknowledged: readonly string[] }[] = [];
    try {
      for (let round = 0; round < rounds; round++) {
        await writer.untilAcknowledged(writer.acknowledged.length + writesBetween);
        const [to, acknowledged] = [deployment.place(`backup-${round}`), [...writer.acknowledged]];
        await takeBackup({ config, to, keepPersonKeysDays: 1, software: 'spec', now: Date.now, report });
        taken.push({ to, acknowledged });
      }
      await writer.untilAcknowledged(writer.acknowledged.length + 1);
    } finally {
      await writer.kill();
    }

    for (const { to, acknowledged } of taken) {
      const into = `${to}-restored`;
      const request = { from: to, into, keysFrom: deployment.path, withoutPersonKeys: false, now: Date.now, report };
      const { persons } = await restoreBackup({ config, ...request });
      expect(persons.withoutKey).toBe(0);
      const restored = await openTemporaryLog({ dataDir: into });
      const { log } = restored;
      for (const person of acknowledged) {
        const [attempt] = await log.store.readStream(streams.signIn(log.tenant, person));
        if (attempt === undefined) expect.fail(`the attempt of ${person} was acknowledged and is not in ${to}`);
        const client = await readable(await log.codec.decode(attempt)).client();
        expect(client).toEqual({ ip: '192.0.2.7', userAgent: 'spec' });
      }
      await log.close();
      const examination = {
        env: { PORT: '0', DATA_DIR: into },
        system: thisSystem,
        now: Date.now,
        quick: false,
        report,
      };
      expect((await examine(examination)).filter(({ status }) => status !== 'ok')).toEqual([]);
    }
  });
});

function startWriter(dataDir: string) {
  const child = fork(join(import.meta.dirname, 'busy-writer.fixture.ts'), [dataDir], {
    execArgv: ['--conditions=@evident/source', '--disable-warning=ExperimentalWarning'],
    env: { PATH: process.env.PATH },
  });
  const acknowledged: string[] = [];
  child.on('message', (person) => acknowledged.push(String(person)));
  return {
    acknowledged,
    async untilAcknowledged(count: number) {
      const ended = once(child, 'exit').then(([code]) => Promise.reject(new Error(`the writer ended with ${code}`)));
      ended.catch(() => undefined);
      while (acknowledged.length < count) await Promise.race([once(child, 'message'), ended]);
    },
    async kill() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
  };
}
