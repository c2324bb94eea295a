import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Deployment, startDeployment } from '@evident/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, adminToken, call } from '../e2e/http.ts';
import { createApp, createUser, type NewUser, verify } from '../e2e/objects.ts';
import { evident } from './evident.ts';

const writers = 8;
const usersBefore = Number(process.env.BACKUP_USERS ?? 60);
// The cost of a password is not what this is about.
const env = { RATE_LIMIT: 'off', ARGON2_MEMORY_KIB: '64', ARGON2_PASSES: '1' };

describe('a backup taken while people are registered', () => {
  let folder: string;
  let server: Deployment;
  const stopped: (() => Promise<unknown>)[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'evident-cli-'));
    server = await startDeployment({ shape: 'main', env });
    stopped.push(() => server.remove());
  });
  afterAll(async () => {
    for (const stop of stopped) await stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('lets everyone registered before it sign in on the restored server, and refuses positions of the old log', async () => {
    const token = await adminToken(server);
    const { body: app } = await createApp(server, token);
    const acknowledged: NewUser[] = [];
    const many = Promise.withResolvers<void>();
    let enough = false;
    const write = async () => {
      while (!enough) {
        const user = await createUser(server, token);
        if (!isAcknowledged(user.answer)) continue;
        const path = `/users/${user.body.id}/assign/${app.id}`;
        if (!isAcknowledged(await call(server, path, { method: 'POST', token }))) continue;
        acknowledged.push(user);
        if (acknowledged.length === usersBefore) many.resolve();
      }
    };
    const written = Promise.all(Array.from({ length: writers }, write));
    await Promise.race([written, many.promise]);

    const before = [...acknowledged];
    const backup = join(folder, 'backup');
    const taken = await evident(['backup', backup, '--data-dir', server.dataDir, '--json']);
    expect(taken).toMatchObject({ code: 0, err: '' });
    enough = true;
    await written;
    const { manifest } = JSON.parse(taken.out);
    const lastPosition: string = manifest.log.lastPosition;

    const keys = join(folder, 'keys');
    mkdirSync(keys);
    for (const name of ['master.key', 'data.key']) cpSync(join(server.dataDir, name), join(keys, name));
    await server.stop();
    const into = join(folder, 'restored');
    const restored = await evident(['restore', backup, '--into', into, '--keys-from', keys, '--json']);
    expect(restored).toMatchObject({ code: 0, err: '' });
    expect(JSON.parse(restored.out).logId).not.toBe(manifest.log.id);
    expect(await evident(['doctor', '--data-dir', into])).toMatchObject({ code: 0, err: '' });

    const anew = await startDeployment({ shape: 'main', env, dataDir: into });
    stopped.push(() => anew.remove());
    for (const { username, password, body } of before) {
      const answer = await verify(anew, { username, password }, app.api_key);
      expect(answer.status, username).toBe(200);
      expect(answer.body, username).toMatchObject({ authorized: true });
      expect(JSON.stringify(answer.body)).toContain(username);
      expect(body.username).toBe(username);
    }
    const newToken = await adminToken(anew);
    const stale = await call(anew, '/users/', {
      token: newToken,
      headers: { 'X-Evident-Min-Position': lastPosition },
    });
    expect(stale.status).toBe(410);
  });
});

/** A busy server may answer 503, and then nothing was promised; every other refusal is a fault. */
function isAcknowledged({ status, body }: Answer): boolean {
  if (status !== 503) expect(status, JSON.stringify(body)).toBeLessThan(300);
  return status < 300;
}
