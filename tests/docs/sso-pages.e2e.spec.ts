import { type Deployment, freePort, startDeployment, until } from '@evident/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PrintedHost, printedUrl, type Ran } from '../clients/printed-host.ts';
import { printedAddress } from '../clients/printed-page.ts';
import { findPython } from '../clients/python.ts';
import { call } from '../e2e/http.ts';
import { fence, fencesOf, runShellExamples, withoutValues } from './documented-page.ts';

const found = findPython();
const python = 'path' in found ? found.path : '';
const needsPython = found.missing === undefined ? '' : ` (skipped: ${found.missing})`;

const firstSteps = 'docs/first-steps.md';
const express = 'docs/protect-express.md';
const fastApi = 'docs/protect-fastapi.md';
const services = 'docs/service-to-service.md';
const credentials = { identifier: printedAddress, secret: 'SecurePassword123!' };

/**
 * Every example of the pages about the second contract, run as printed on a fresh installation; first those that expect a
 * person without a role, and nobody's keys.
 */
describe('what the pages print is what happens:', () => {
  let evident: Deployment;
  let host: PrintedHost;
  let appPort: number;

  beforeAll(async () => {
    // As `npm start` on a fresh clone: nobody set a password, so whoever registers first owns it.
    evident = await startDeployment({ shape: 'main', env: { PUBLIC_URL: printedUrl, ADMIN_PASSWORD: '' } });
  });
  beforeEach(async () => {
    appPort = await freePort();
    host = new PrintedHost(evident.url, { 3000: appPort, 9000: appPort });
  });
  afterEach(() => host.remove());
  afterAll(() => evident?.remove());

  const ended = ({ exitCode, errors }: Ran) => ({ exitCode, errors });
  const well = { exitCode: 0, errors: '' };
  const serving = (path: string) =>
    until(() => fetch(`http://127.0.0.1:${appPort}${path}`).catch(() => undefined), { what: 'the app' });
  const expectAsPrinted = async (path: string) => {
    const examples = await runShellExamples(host, path);
    expect(examples.length).toBeGreaterThan(0);
    for (const { output, printed } of examples) {
      if (printed !== undefined) expect(withoutValues(output)).toBe(withoutValues(printed));
    }
  };

  describe(express, () => {
    it('the app grants what the page prints, and survives a token that names an unknown key', async () => {
      const input = fence(express, 'js', "require('express')");
      host.start(process.execPath, ['--input-type=commonjs', '-'], { input, env: { PORT: String(appPort) } });
      await serving('/protected');
      await expectAsPrinted(express);
      const header = Buffer.from('{"alg":"ES256","typ":"JWT","kid":"nobody"}').toString('base64url');
      const ask = (path: string, authorization: string) =>
        fetch(`http://127.0.0.1:${appPort}${path}`, { headers: { authorization } });
      expect((await ask('/protected', `Bearer ${header}.e30.AAAA`)).status).toBe(401);
      const { body } = await call(evident, '/api/sso/v1/auth/login', { json: credentials });
      expect((await ask('/protected', `Bearer ${body.access_token}`)).status).toBe(200);
      expect((await ask('/drafts', `Bearer ${body.access_token}`)).status).toBe(403);
    });
  });

  describe.skipIf(needsPython !== '')(`${fastApi}${needsPython}`, () => {
    it('the app grants what the page prints, and refuses with 401 and 403', async () => {
      host.write('app.py', fence(fastApi, 'python', '# app.py'));
      const line = fence(fastApi, 'sh', 'uvicorn').trim().replace('--port 9000', `--port ${appPort}`).split(' ');
      host.start(python, ['-m', ...line]);
      await serving('/protected');
      await expectAsPrinted(fastApi);
      const ask = (path: string, authorization: string) =>
        fetch(`http://127.0.0.1:${appPort}${path}`, { headers: { authorization } });
      expect((await ask('/protected', 'Bearer a.b.c')).status).toBe(401);
      const { body } = await call(evident, '/api/sso/v1/auth/login', { json: credentials });
      expect((await ask('/drafts', `Bearer ${body.access_token}`)).status).toBe(403);
    });

    it('the client lists users', async () => {
      const ran = await host.run(python, ['-'], { input: fence(fastApi, 'python', 'UssoClient') });
      expect(ended(ran)).toEqual(well);
      expect(ran.output).toContain(printedAddress);
    });
  });

  describe(services, () => {
    let agent: Readonly<Record<string, string>>;
    beforeAll(async () => {
      const { body } = await call(evident, '/api/sso/v1/auth/login', { json: { ...credentials, register: true } });
      const made = await call(evident, '/api/sso/v1/agents', {
        token: body.access_token,
        json: { name: 'Report builder', scopes: ['read:sso/user', 'read:content'] },
      });
      agent = { AGENT_ID: made.body.id, AGENT_PRIVATE_KEY: made.body.private_key };
    });

    it('every step, in one shell', () => expectAsPrinted(services));

    it('the agent signs in with its key pair in JavaScript', async () => {
      const input = fence(services, 'js', '/agents/auth');
      const ran = await host.run(process.execPath, ['--input-type=module', '-'], { input, env: agent });
      expect(ended(ran)).toEqual(well);
      expect(ran.output).toMatch(/^200 \d+\n$/);
    });

    it.skipIf(needsPython !== '')(`the agent signs in with its key pair in Python${needsPython}`, async () => {
      const ran = await host.run(python, ['-'], { input: fence(services, 'python', 'use_agent_token'), env: agent });
      expect(ended(ran)).toEqual(well);
      expect(Number(ran.output)).toBeGreaterThan(0);
    });
  });

  describe(firstSteps, () => {
    it('every step, in one shell', () => expectAsPrinted(firstSteps));

    it('the JavaScript of step 1', async () => {
      const input = fence(firstSteps, 'js', '/auth/login');
      const ran = await host.run(process.execPath, ['--input-type=module', '-'], { input });
      expect(ended(ran)).toEqual(well);
      expect(ran.output).toMatch(/^User created: user:\S+\nAccess token: eyJ\S+\n$/);
    });

    it.skipIf(needsPython !== '')(`the Python of step 1${needsPython}`, async () => {
      const ran = await host.run(python, ['-'], { input: fence(firstSteps, 'python', '/auth/login') });
      expect(ended(ran)).toEqual(well);
      expect(ran.output).toMatch(/^User created: user:\S+\nAccess token: eyJ\S+\n$/);
    });
  });

  it('no page has an example of another language that nothing here runs', () => {
    const shown = new Set(['bash', 'json', 'text', 'sh']);
    const counted = [firstSteps, express, fastApi, services].map((path) => {
      const others = fencesOf(path).filter(({ language }) => !shown.has(language));
      return [path, others.map(({ language }) => language)];
    });
    expect(counted).toEqual([
      [firstSteps, ['python', 'js']],
      [express, ['js']],
      // The second is shown by tests/clients, with the printed sample around it.
      [fastApi, ['python', 'python', 'python']],
      [services, ['js', 'python']],
    ]);
  });
});
