import type { Deployment } from '@evident/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { call } from '../e2e/http.ts';
import { createApp, createUser, uniqueName } from '../e2e/objects.ts';
import { exchange, type RawAnswer, rawRequest } from './raw-http.ts';

/** What may differ between two answers that say the same: when, which request, and where its event stands. */
const varying = ['date', 'x-request-id', 'x-evident-position'];

/** The answer as bytes, each varying value replaced by its length: one that is longer would tell as much. */
function withoutVarying({ head, body }: RawAnswer): string {
  const lines = head.split('\r\n').map((line) => {
    const [name = '', ...value] = line.split(': ');
    return varying.includes(name.toLowerCase()) ? `${name}: <${value.join(': ').length}>` : line;
  });
  return [...lines, '', body].join('\r\n');
}

/** Who does not know the password learns nothing: not from a byte of any answer (api/asf.md, "same bytes"). */
export function sameAnswerSuite(evident: () => Deployment, token: () => string): void {
  describe('the same bytes answer', () => {
    const right = 'the right password 1';
    let apiKey: string;
    let names: { unknown: string; known: string; disabled: string; removed: string; administrator: string };

    beforeAll(async () => {
      const { body: app } = await createApp(evident(), token());
      apiKey = app.api_key;
      const make = async (more: object = {}) => createUser(evident(), token(), { password: right, ...more });
      const [known, disabled, removed, administrator] = await Promise.all([
        make(),
        make(),
        make(),
        make({ is_admin: true }),
      ]);
      const change = (user: typeof known, method: string, json?: object) =>
        call(evident(), `/users/${user.body.id}`, { method, token: token(), ...(json === undefined ? {} : { json }) });
      for (const user of [known, disabled, removed]) {
        await call(evident(), `/users/${user.body.id}/assign/${app.id}`, { method: 'POST', token: token() });
      }
      await change(disabled, 'PUT', { is_active: false });
      await change(removed, 'DELETE');
      await change(administrator, 'PUT', { is_active: false });
      names = {
        unknown: uniqueName(),
        known: known.username,
        disabled: disabled.username,
        removed: removed.username,
        administrator: administrator.username,
      };
    });

    const verify = (username: string, password: string) => {
      const body = JSON.stringify({ username, password, api_key: apiKey });
      return exchange(evident(), rawRequest('POST', '/verify', { headers: ['Content-Type: application/json'], body }));
    };
    const signIn = (username: string, password: string) =>
      exchange(
        evident(),
        rawRequest('POST', '/token', {
          headers: ['Content-Type: application/x-www-form-urlencoded'],
          body: `${new URLSearchParams({ username, password })}`,
        }),
      );

    it('at /verify an unknown user, a wrong password, a disabled user with a wrong one and a removed user', async () => {
      const wrong = 'not the password 1';
      const answers = [
        await verify(names.unknown, wrong),
        await verify(names.known, wrong),
        await verify(names.disabled, wrong),
        await verify(names.removed, wrong),
        await verify(names.removed, right),
        await verify(`${names.known}@example.com`, wrong),
        await verify(`${names.unknown}@example.com`, wrong),
      ];
      expect(answers[0]).toMatchObject({
        status: 200,
        body: '{"authorized":false,"message":"Invalid username or password"}',
      });
      expect(new Set(answers.map(withoutVarying)).size).toBe(1);
    });

    it('at /verify a wrong password before and after the right one was proven and remembered', async () => {
      const before = await verify(names.known, 'not the password 2');
      expect((await verify(names.known, right)).body).toContain('"authorized":true');
      const after = await verify(names.known, 'not the password 2');
      expect(withoutVarying(after)).toBe(withoutVarying(before));
    });

    it('at /token an unknown user, a wrong password, and a disabled or removed user with the right one', async () => {
      const answers = [
        await signIn(names.unknown, right),
        await signIn(names.known, 'not the password 1'),
        await signIn(names.administrator, right),
        await signIn(names.removed, right),
      ];
      expect(answers[0]?.status).toBe(401);
      expect(new Set(answers.map(withoutVarying)).size).toBe(1);
    });

    it('at /verify every bad key, whatever the user and the password', async () => {
      const bodies = [
        { username: names.known, password: right },
        { username: names.unknown, password: right },
        { username: names.known, password: 'not the password 1' },
      ].flatMap((who) =>
        [`${apiKey.slice(0, -1)}_`, 'nonsense', `${apiKey}x`].map((key) => ({ ...who, api_key: key })),
      );
      const answers = [];
      for (const body of bodies) {
        const headers = ['Content-Type: application/json'];
        answers.push(await exchange(evident(), rawRequest('POST', '/verify', { headers, body: JSON.stringify(body) })));
      }
      expect(answers[0]?.body).toBe('{"authorized":false,"message":"Invalid API key"}');
      expect(new Set(answers.map(withoutVarying)).size).toBe(1);
    });

    it('in the metrics, which anyone may read, an attempt on a known name and one on an unknown name', async () => {
      const counted = async () => {
        const { body } = await call(evident(), '/metrics');
        const lines = String(body).split('\n');
        return lines.filter((line) => line.startsWith('evident_sign_ins_total')).toSorted();
      };
      const difference = async (username: string, password: string) => {
        const before = new Set(await counted());
        await verify(username, password);
        const after = (await counted()).filter((line) => !before.has(line));
        return after.map((line) => line.replace(/ \d+$/, ''));
      };
      await verify(names.known, 'not the password 1');
      await verify(names.unknown, 'not the password 1');
      const known = await difference(names.known, 'not the password 1');
      expect(await difference(names.unknown, 'not the password 1')).toEqual(known);
      expect(await difference(names.disabled, 'not the password 1')).toEqual(known);
    });
  });
}
