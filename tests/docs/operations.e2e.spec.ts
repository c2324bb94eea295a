import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Deployment, startDeployment } from '@evident/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { bin } from '../cli/evident.ts';
import { adminToken, call } from '../e2e/http.ts';
import { createUser } from '../e2e/objects.ts';
import { untilReady } from '../e2e/until-ready.ts';
import { fencesOf } from './documented-page.ts';
import { runScript } from './run-script.ts';

let evident: Deployment;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'evident-operations-'));
  evident = await startDeployment({ shape: 'main', dataDir: join(folder, 'data') });
  symlinkSync(bin, join(folder, 'evident'));
});
afterAll(async () => {
  await evident?.remove();
  rmSync(folder, { recursive: true, force: true });
});

const run = (script: string) => runScript(script, { programs: folder, env: { PORT: '0' }, cwd: folder });

it('docs/operations.md: a log is copied beside its server, finished when it is stopped, and served under another master key', async () => {
  const user = await createUser(evident, await adminToken(evident));
  const [beside, finish, check, rewrap] = fencesOf('docs/operations.md').filter(({ language }) => language === 'bash');
  expect(await run(beside?.text ?? '')).toMatch(/the source is in use[\s\S]*that is expected/);
  await evident.stop();
  expect(await run(finish?.text ?? '')).toMatch(/^Copied +\d+ events, \d+ of them by an earlier run$/m);
  await run(check?.text ?? '');
  expect(await run(rewrap?.text ?? '')).toMatch(/token-issuer: under the new key now/);
  const moved = await startDeployment({ shape: 'main', dataDir: join(folder, 'moved') });
  await untilReady(moved);
  const { body } = await call(moved, `/users/?q=${user.username}`, { token: await adminToken(moved) });
  expect(body).toHaveLength(1);
  await moved.stop();
}, 120_000);
