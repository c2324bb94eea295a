import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type Deployment, startDeployment } from '@evident/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adminToken } from '../e2e/http.ts';
import { createUser } from '../e2e/objects.ts';
import { evident as run } from './evident.ts';

describe('projections, while no server runs', () => {
  let evident: Deployment;
  beforeAll(async () => {
    evident = await startDeployment({ shape: 'main' });
    const token = await adminToken(evident);
    for (let n = 0; n < 3; n += 1) await createUser(evident, token);
    await evident.stop();
  }, 60_000);
  afterAll(() => evident?.remove());

  const projections = (...line: readonly string[]) => run(['projections', ...line, '--data-dir', evident.dataDir]);

  it('are listed with how far their rows have come', async () => {
    const { code, out } = await projections('list', '--json');
    expect(code).toBe(0);
    const list = JSON.parse(out);
    expect(list.map(({ name }: { name: string }) => name)).toEqual(expect.arrayContaining(['users', 'sessions']));
    expect(list[0]).toMatchObject({ name: 'users', state: 'up to date', lagEvents: 0, parked: 0 });
    expect((await projections('list')).out).toMatch(/^NAME +GROUP +VERSION +STATE/);
    expect((await projections('parked', 'users')).out).toBe('Nothing is parked.\n');
  });

  it('are verified row by row, and a row that no event explains is found', async () => {
    for (const name of ['users', 'sessions', 'moments']) {
      const sound = await projections('verify', name);
      expect([sound.code, sound.out]).toEqual([0, expect.stringContaining('each as the log says')]);
    }
    const file = new DatabaseSync(join(evident.dataDir, 'read-models.db'));
    const table = file.prepare("SELECT name FROM views WHERE name LIKE 'users@%'").get()?.name;
    file.prepare(`UPDATE "${table}" SET row = json_set(row, '$.isAdmin', json('true'))`).run();
    file.close();
    const spoiled = await projections('verify', 'users', '--json');
    expect(spoiled.code).toBe(1);
    expect(JSON.parse(spoiled.out).differences).toContainEqual(expect.objectContaining({ kind: 'different' }));
  });

  it('are not changed, and what needs a server says so', async () => {
    const retry = await projections('parked', 'users', '--retry', '0b6c0a4e-5b0e-4f6e-9f5e-1f0f6c1d2e3f');
    const rebuild = await projections('rebuild', 'users');
    for (const { code, err } of [retry, rebuild])
      expect([code, err]).toEqual([1, expect.stringMatching(/by the server .*Start the server/s)]);
    expect((await projections('verify', 'nobody')).err).toContain('no rows of a projection nobody');
    const elsewhere = await run(['projections', 'list', '--data-dir', join(evident.dataDir, 'misspelt')]);
    expect([elsewhere.code, elsewhere.err]).toEqual([1, expect.stringContaining('There is no event log')]);
    const untold = await run(['projections', 'list']);
    expect(untold.err).toContain('--data-dir');
  });
});
