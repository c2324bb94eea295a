import { type Deployment, freePort, serviceProcesses, until } from '@evident/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adminToken, call } from '../e2e/http.ts';
import { split } from '../e2e/split.shape.ts';

/** About a second on one core: long enough to be asked while it is computed. */
const slowHashes = { ARGON2_MEMORY_KIB: '131072', ARGON2_PASSES: '6' };
const reason = split.missing === undefined ? '' : ` (skipped: ${split.missing})`;

describe.skipIf(split.missing !== undefined)(`a service behind the gateway${reason}`, () => {
  let evident: Deployment;
  let healthPort: number;

  beforeAll(async () => {
    healthPort = await freePort();
    evident = await split.start({ RATE_LIMIT: 'off', HEALTH_PORT: String(healthPort), ...slowHashes });
  });
  afterAll(async () => {
    await evident?.remove();
    await split.stopServers();
  });

  it('is not ready from SIGTERM on, while it finishes what it has taken', async () => {
    const token = await adminToken(evident);
    const json = { username: 'slow', email: 'slow@example.com', password: 'correct horse battery staple' };
    const slow = call(evident, '/users/', { method: 'POST', token, json });
    // Whatever was sent before has been taken by the time that this is answered.
    await call(evident, '/users/?limit=1', { token });
    const authCommand = serviceProcesses(evident.process.pid).get('auth-command');
    if (authCommand === undefined) throw new Error('auth-command does not run');
    process.kill(authCommand, 'SIGTERM');
    const reasons = await until(
      async () => {
        const ready = await fetch(`http://127.0.0.1:${healthPort}/ready`).catch(() => undefined);
        return ready?.status === 503 ? ((await ready.json()) as { reasons: string[] }).reasons : undefined;
      },
      { what: 'a service that says that it is not ready', withinMs: 10_000 },
    );
    expect(reasons).toEqual(['service: is stopping']);
    expect((await slow).status).toBe(201);
  });
});
