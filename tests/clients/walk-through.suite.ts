import type { Deployment } from '@evident/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Body, call } from '../e2e/http.ts';
import type { Shape } from '../e2e/shape.ts';
import { PrintedHost, printedUrl } from './printed-host.ts';
import { printedAddress, printedExample, withoutMisprints } from './printed-page.ts';
import { findPython } from './python.ts';

const python = findPython();
const firstUser = /^1\. Create Your First User/;
const created = /^User created: (user:[0-9a-f-]{36})\nAccess token: (eyJ\S+)\n$/;

/** The published page, by someone who has only that page: each example as printed, save its misprints. */
export function walkThroughSuite(shape: Shape): void {
  describe.skipIf(shape.missing !== undefined)(`the first steps on ${shape.name}${reason(shape.missing)}`, () => {
    let evident: Deployment;
    let host: PrintedHost;
    let login: Body;

    beforeAll(async () => {
      // As on a fresh clone, where nobody set a password: the first person who registers owns the installation.
      const env = { PUBLIC_URL: printedUrl, ADMIN_PASSWORD: '' };
      const split = { BOOTSTRAP_FIRST_USER: 'owner', SELF_REGISTRATION: 'on' };
      evident = await shape.start(shape.natsUrl === undefined ? env : { ...env, ...split });
      host = new PrintedHost(evident.url);
    });
    afterAll(async () => {
      await host?.remove();
      await evident?.remove();
      await shape.stopServers();
    });

    const shell = async (heading: RegExp, values: Readonly<Record<string, string>> = {}): Promise<Body> => {
      let text = withoutMisprints('curl', printedExample(heading, 'curl'));
      for (const [name, value] of Object.entries(values)) text = text.replaceAll(name, value);
      const { exitCode, output, errors } = await host.shell(text);
      expect({ exitCode, errors: exitCode === 0 ? '' : errors }).toEqual({ exitCode: 0, errors: '' });
      return JSON.parse(output);
    };

    it('the curl of step 1 creates the first user and signs in', async () => {
      login = await shell(firstUser);
      expect(login).toMatchObject({
        access_token: expect.stringMatching(/^eyJ/),
        refresh_token: expect.stringMatching(/^eyJ/),
        token_type: 'Bearer',
        expires_in: 3600,
        status: 'completed',
        tokens: { access: login.access_token, refresh: login.refresh_token },
        token: { access_token: login.access_token, refresh_token: login.refresh_token },
        user: {
          id: expect.stringMatching(/^user:[0-9a-f-]{36}$/),
          tenant_id: 'main',
          identifiers: [{ type: 'email', identifier: printedAddress, verified: false }],
          roles: [],
          is_owner: true,
        },
      });
      expect(login.user.id).toBe(`user:${login.user.uid}`);
    });

    it.skipIf(python.missing !== undefined)(
      `the Python of step 1 signs the same person in${reason(python.missing)}`,
      async () => {
        if (python.missing !== undefined) return;
        const input = withoutMisprints('python', printedExample(firstUser, 'python'));
        const { output, errors } = await host.run(python.path, ['-'], { input });
        expect({ user: created.exec(output)?.[1], errors }).toEqual({ user: login.user.id, errors: '' });
      },
    );

    it('the JavaScript of step 1 signs the same person in', async () => {
      const input = withoutMisprints('javascript', printedExample(firstUser, 'javascript'));
      const { output, errors } = await host.run(process.execPath, ['--input-type=module', '-'], { input });
      expect({ user: created.exec(output)?.[1], errors }).toEqual({ user: login.user.id, errors: '' });
    });

    it('the curl runs letter by letter too: the hidden address is a name like any other', async () => {
      const { output } = await host.shell(printedExample(firstUser, 'curl'));
      expect(JSON.parse(output)).toMatchObject({
        status: 'completed',
        user: { identifiers: [{ type: 'username', identifier: '[email protected]' }], is_owner: false },
      });
    });

    it('whoever walked this far owns the installation', async () => {
      const { status, body } = await call(evident, '/api/sso/v1/users', { token: login.access_token });
      expect([status, body.items]).toEqual([
        200,
        expect.arrayContaining([expect.objectContaining({ uid: login.user.uid })]),
      ]);
    });

    it('the curl of "List Sessions" lists one for each sign-in', async () => {
      const { items, total } = await shell(/^List Sessions/, { YOUR_ACCESS_TOKEN: login.access_token });
      expect(total).toBe(python.missing === undefined ? 3 : 2);
      expect(items).toHaveLength(total);
      expect(items[0]).toMatchObject({
        id: expect.stringMatching(/^session:/),
        user_id: login.user.id,
        is_active: true,
      });
    });

    it('the curl of "Refresh Token" gives a new pair', async () => {
      const refreshed = await shell(/^Refresh Token/, { YOUR_REFRESH_TOKEN: login.refresh_token });
      expect(refreshed).toMatchObject({ status: 'refreshed', expires_in: 3600 });
      expect(refreshed.access_token).not.toBe(login.access_token);
      expect(refreshed.refresh_token).not.toBe(login.refresh_token);
      expect((await call(evident, '/api/sso/v1/me', { token: refreshed.access_token })).status).toBe(200);
    });

    it('the curl of "Logout User" ends the session at once', async () => {
      expect(await shell(/^Logout User/, { YOUR_ACCESS_TOKEN: login.access_token })).toEqual({
        message: expect.any(String),
      });
      expect((await call(evident, '/api/sso/v1/me', { token: login.access_token })).status).toBe(401);
    });
  });
}

function reason(missing: string | undefined): string {
  return missing === undefined ? '' : ` (skipped: ${missing})`;
}
