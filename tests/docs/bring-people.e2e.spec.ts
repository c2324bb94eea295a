import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Deployment, startDeployment } from '@evident/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { adminToken, call } from '../e2e/http.ts';
import { fence, fencesOf } from './documented-page.ts';
import { runScript } from './run-script.ts';

const page = 'docs/bring-people.md';
const printedUrl = 'http://localhost:8000';

let evident: Deployment;
let folder: string;
beforeAll(async () => {
  evident = await startDeployment({ shape: 'main' });
  folder = mkdtempSync(join(tmpdir(), 'evident-bring-'));
  for (const name of ['bring-people.mjs', 'sign-in.mjs']) {
    writeFileSync(join(folder, name), fence(page, 'js', `// ${name}`).replaceAll(printedUrl, evident.url));
  }
});
afterAll(async () => {
  await evident?.remove();
  rmSync(folder, { recursive: true, force: true });
});

const secret = 'as it was before';
const login = (identifier: string) => call(evident, '/api/sso/v1/auth/login', { json: { identifier, secret } });

it('docs/bring-people.md: people come once, and with the password that was right before', async () => {
  const printed = fencesOf(page).filter(({ language }) => language === 'bash');
  const bring = printed.map(({ text }) => text.replaceAll(printedUrl, evident.url)).join('');
  const first = `import { signIn } from './sign-in.mjs';
    const statusOf = async (said, right) => (await signIn('jdoe', said, () => right)).status;
    console.log(await statusOf('guessed', false), await statusOf('${secret}', true), await statusOf('of somebody else', true));`;
  writeFileSync(join(folder, 'first.mjs'), first);
  const script = `${bring}\nnode bring-people.mjs\nnode first.mjs`;
  const env = { token: await adminToken(evident) };
  expect(await runScript(script, { programs: folder, cwd: folder, env })).toBe('401 200 401\n');
  expect((await login('jdoe@example.com')).status).toBe(200);
  expect((await login('mroe')).status).toBe(401);
  const { body } = await call(evident, '/api/sso/v1/users', { token: await adminToken(evident) });
  const brought = body.items.filter(({ name }: { readonly name: string | null }) => name !== null && name !== '');
  expect(brought.map(({ name }: { readonly name: string }) => name).toSorted()).toEqual(['J. Doe', 'M. Roe']);
});
