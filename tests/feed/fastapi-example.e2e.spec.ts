import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Deployment, freePort, startDeployment, until } from '@evident/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adminToken, call } from '../e2e/http.ts';
import { createApp, createUser } from '../e2e/objects.ts';

const repository = join(import.meta.dirname, '../..');
const python = process.env.EXAMPLES_PYTHON ?? join(repository, '.venv/bin/python');
const missing = whyMissing();

function whyMissing(): string | undefined {
  if (!existsSync(python)) return `no Python at ${python}; .ci/run makes one, or name one in EXAMPLES_PYTHON`;
  const { status } = spawnSync(python, ['-c', 'import fastapi, httpx, uvicorn']);
  return status === 0 ? undefined : `${python} cannot import fastapi, httpx and uvicorn`;
}

const title = `examples/fastapi-verify${missing === undefined ? '' : ` (skipped: ${missing})`}`;

describe.skipIf(missing !== undefined)(title, () => {
  let evident: Deployment;
  let token: string;
  const apps: ChildProcess[] = [];
  let apiKey: string;
  let appUrl: string;
  let user: { username: string; password: string; body: { id: number; uid: string } };

  beforeAll(async () => {
    evident = await startDeployment({ shape: 'main' });
    token = await adminToken(evident);
    const { body } = await createApp(evident, token);
    user = await createUser(evident, token);
    await call(evident, `/users/${user.body.id}/assign/${body.id}`, { token, method: 'POST' });
    apiKey = body.api_key;
    const port = await freePort();
    appUrl = `http://127.0.0.1:${port}`;
    const json = { url: `${appUrl}/evident`, types: ['user.removed'] };
    const hook = await call(evident, '/ops/webhooks', { token, json });
    await startApp(port, { EVIDENT_WEBHOOK_SECRET: hook.body.secret });
  });
  afterAll(async () => {
    for (const app of apps) {
      if (app.exitCode !== null) continue;
      const exited = once(app, 'exit');
      app.kill();
      await exited;
    }
    await evident?.remove();
  });

  async function startApp(port: number, given: NodeJS.ProcessEnv): Promise<void> {
    const env = { PATH: process.env.PATH, EVIDENT_URL: evident.url, EVIDENT_API_KEY: apiKey, ...given };
    const args = ['-m', 'uvicorn', 'app:app', '--port', String(port), '--log-level', 'warning'];
    apps.push(spawn(python, args, { cwd: join(repository, 'examples/fastapi-verify'), env, stdio: 'inherit' }));
    await until(() => fetch(`http://127.0.0.1:${port}/removed`).catch(() => undefined), { what: 'the app' });
  }

  const login = (password: string) => call({ url: appUrl }, '/login', { json: { username: user.username, password } });

  it('signs in who may use the app, and says why not', async () => {
    expect(await login(user.password)).toMatchObject({ status: 200, body: { welcome: user.username } });
    expect(await login('wrong')).toMatchObject({ status: 401, body: { detail: 'Invalid username or password' } });
  });

  it('takes a webhook that Evident signed, and no other', async () => {
    await call(evident, `/users/${user.body.id}`, { token, method: 'DELETE' });
    const removed = async () => (await call({ url: appUrl }, '/removed')).body;
    await expect.poll(removed).toEqual([`user:${user.body.uid}`]);
    const json = { type: 'user.removed', subject: 'user:x' };
    const headers = { 'evident-signature': `t=${Math.floor(Date.now() / 1_000)},v1=${'0'.repeat(64)}` };
    expect((await call({ url: appUrl }, '/evident', { json, headers })).status).toBe(401);
  });

  it('takes no webhook where nobody gave it a secret, not even one that was signed with none', async () => {
    const port = await freePort();
    await startApp(port, {});
    const url = `http://127.0.0.1:${port}`;
    const json = { type: 'user.removed', subject: 'user:x' };
    const seconds = Math.floor(Date.now() / 1_000);
    const signature = createHmac('sha256', '')
      .update(`${seconds}.${JSON.stringify(json)}`)
      .digest('hex');
    const headers = { 'evident-signature': `t=${seconds},v1=${signature}` };
    expect((await call({ url }, '/evident', { json, headers })).status).toBe(401);
    expect((await call({ url }, '/removed')).body).toEqual([]);
  });

  it('answers 503, never "no", while Evident is away', async () => {
    await evident.stop();
    expect((await login(user.password)).status).toBe(503);
  });
});
