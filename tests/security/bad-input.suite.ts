import type { Deployment } from '@evident/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call } from '../e2e/http.ts';
import { createApp, createUser } from '../e2e/objects.ts';
import { asfForms, type Form, type Things, ussoForms } from './bad-forms.ts';
import { badBodies, badPages, badQueries, badValues, kindOf, oddIds } from './bad-values.ts';
import { type OpenedLog, openLogOf } from './opened-log.ts';
import { converse, exchange, rawRequest } from './raw-http.ts';
import { canary, expectRefusal } from './refusal-shape.ts';

const json = 'Content-Type: application/json';
const urlencoded = 'Content-Type: application/x-www-form-urlencoded';

/** Whatever is sent, what is wrong is refused with a 4xx in the contract's shape, and nothing happens. */
export function badInputSuite(evident: () => Deployment, token: () => string): void {
  describe('bad input', () => {
    let opened: OpenedLog;
    let events: number;
    let user: number;
    let app: number;
    let things: Things;

    beforeAll(async () => {
      const made = await createUser(evident(), token());
      user = made.body.id;
      app = (await createApp(evident(), token())).body.id;
      const create = async (path: string, json: object) => {
        const { status, body } = await call(evident(), `/api/sso/v1${path}`, { token: token(), json });
        expect([path, status]).toEqual([path, 201]);
        return body.id as string;
      };
      things = {
        user: `user:${made.body.uid}`,
        role: await create('/roles', { name: 'Of bad input' }),
        workspace: await create('/workspaces', { name: 'Of bad input' }),
        agent: await create('/agents', { name: 'Of bad input' }),
      };
      opened = await openLogOf(evident());
      events = (await opened.stored()).length;
    });
    afterAll(() => opened?.close());

    const bearer = () => `Authorization: Bearer ${token()}`;
    const forms = (): readonly Form[] => [...asfForms(user, app), ...ussoForms(things)];
    const sent = ({ method, path }: Form, body: string | Buffer, headers: readonly string[] = [json]) =>
      exchange(evident(), rawRequest(method, path, { headers: [bearer(), ...headers], body }));
    const expectRefused = async (form: Form, body: string | Buffer, what: string, headers?: readonly string[]) => {
      const answer = await sent(form, body, headers);
      expectRefusal(answer, form.path, `${form.method} ${form.path}: ${what}`);
      expect(answer.body).not.toContain(canary);
      return answer;
    };

    it('as the whole of a body', async () => {
      for (const form of forms()) {
        for (const [what, body] of badBodies) {
          if (form.optional === true && (what === 'nothing' || what === 'null')) continue;
          if (form.partial === true && what === 'an object of nothing known') continue;
          await expectRefused(form, body, what);
        }
      }
    });

    it('as each member of a body', async () => {
      for (const form of forms()) {
        for (const [member, good] of Object.entries(form.good)) {
          for (const [what, bad] of badValues(kindOf(good))) {
            if (what === 'null' && (form.nullable === true || form.optional === true)) continue;
            const rest = JSON.stringify({ ...form.good, [member]: undefined }).slice(1);
            const body = `{${JSON.stringify(member)}:${bad}${rest === '}' ? '' : ','}${rest}`;
            const answer = await expectRefused(form, body, `${member} is ${what}`);
            expect([member, what, answer.status]).toEqual([member, what, 422]);
            expect([what, JSON.parse(answer.body).detail[0].loc.slice(0, 2)]).toEqual([what, ['body', member]]);
          }
        }
      }
    });

    it('as the second of two members of one name, which counts', async () => {
      const [form] = asfForms(user, app) as [Form];
      const twice = '{"username":"a","password":"b","api_key":"c","username":{"$gt":""}}';
      await expectRefused(form, twice, 'a second username that is an operator');
    });

    it('as the content type', async () => {
      const types = [
        [],
        ['Content-Type: text/plain'],
        ['Content-Type: application/xml'],
        ['Content-Type: multipart/form-data; boundary=x'],
        [urlencoded],
        ['Content-Type: application/json-patch'],
        ['Content-Type: ;'],
        ['Content-Type: a/b/c'],
        [`Content-Type: application/${'j'.repeat(5_000)}`],
        [json, 'Content-Encoding: gzip'],
      ];
      for (const form of forms()) {
        const gzip = Buffer.from('1f8b08000000000000ffabae05004330a3bf02000000', 'hex');
        for (const headers of types) {
          const body = headers.length === 2 ? gzip : JSON.stringify(form.good);
          await expectRefused(form, body, `as ${headers.join() || 'no type'}`, headers);
        }
      }
    });

    it('as a form of /token', async () => {
      const form = { method: 'POST', path: '/token', good: {} };
      const bodies: [string, string | Buffer][] = [
        ['nothing', ''],
        ['a name alone', 'username=admin'],
        ['a name twice', `username=admin&username=${canary}&password=x`],
        ['members of an object', `username[$ne]=${canary}&password[$gt]=`],
        ['a NUL', `username=a%00${canary}&password=x`],
        ['a lone surrogate', `username=%ed%a0%80${canary}&password=x`],
        ['bytes that are no UTF-8', Buffer.from('username=\xff\xfe&password=x', 'latin1')],
        ['a broken escape', 'username=%zz&password=x'],
        ['10,000 characters', `username=${'a'.repeat(10_000)}&password=x`],
        ['10,000 characters of password', `username=admin&password=${'a'.repeat(10_000)}`],
        ['too much', `username=admin&password=x&filler=${'a'.repeat(70_000)}`],
        ['JSON', '{"username":"admin","password":"x"}'],
        ['prototypes', '__proto__[username]=a&constructor[prototype][password]=x'],
      ];
      for (const [what, body] of bodies) await expectRefused(form, body, what, [urlencoded]);
      await expectRefused(form, '{"username":"a","password":"b"}', 'JSON as JSON', [json]);
    });

    it('as an id', async () => {
      const routes = (id: string): [string, string, string?][] => [
        ['GET', `/users/${id}`],
        ['PUT', `/users/${id}`, '{}'],
        ['DELETE', `/users/${id}`],
        ['POST', `/users/${id}/assign/${app}`],
        ['DELETE', `/users/${user}/assign/${id}`],
        ['GET', `/apps/${id}`],
        ['DELETE', `/apps/${id}`],
        ['POST', `/apps/${id}/rotate-key`],
        ['GET', `/apps/${id}/users`],
        ...['users', 'roles', 'workspaces', 'agents', 'apikeys', 'sessions', 'profiles'].map(
          (kind): [string, string] => ['GET', `/api/sso/v1/${kind}/${id}`],
        ),
        ['PATCH', `/api/sso/v1/users/${id}`, '{}'],
        ['DELETE', `/api/sso/v1/roles/${id}`],
        ['GET', `/api/sso/v1/workspaces/${id}/members`],
        ['DELETE', `/api/sso/v1/users/${things.user}/identifiers/${id}`],
      ];
      for (const id of oddIds) {
        for (const [method, path, body = ''] of routes(id)) {
          const headers = [bearer(), ...(body === '' ? [] : [json])];
          const answer = await exchange(evident(), rawRequest(method, path, { headers, body }));
          expectRefusal(answer, path, `${method} ${path.slice(0, 80)}`);
        }
      }
    });

    it('as a query', async () => {
      for (const path of ['/users/', '/apps/', `/apps/${app}/users`]) {
        for (const query of badQueries) {
          if (path !== '/users/' && /^(q|is_active)\b/.test(query)) continue;
          const answer = await exchange(evident(), rawRequest('GET', `${path}?${query}`, { headers: [bearer()] }));
          expectRefusal(answer, path, `${path}?${query.slice(0, 80)}`);
          expect(answer.status).toBe(422);
        }
      }
    });

    it('as a page of the second contract', async () => {
      for (const kind of ['users', 'roles', 'workspaces', 'agents', 'apikeys', 'sessions']) {
        for (const query of badPages) {
          const path = `/api/sso/v1/${kind}`;
          const answer = await exchange(evident(), rawRequest('GET', `${path}?${query}`, { headers: [bearer()] }));
          expectRefusal(answer, path, `${path}?${query}`);
          expect([path, query, answer.status]).toEqual([path, query, 422]);
        }
      }
    });

    it('as a header that means something', async () => {
      const keys = ['', ' ', 'a\tb', '\u00e4', 'x'.repeat(129)];
      for (const key of keys) {
        const headers = [bearer(), json, `Idempotency-Key: ${key}`];
        const answer = await exchange(evident(), rawRequest('POST', '/apps/', { headers, body: '{}' }));
        expectRefusal(answer, '/apps/', `Idempotency-Key ${JSON.stringify(key)}`);
      }
      for (const position of ['x', '~', `${'a'.repeat(20)}~1`, '\u00e4', 'x'.repeat(300), '0', 'null']) {
        const headers = [bearer(), `X-Evident-Min-Position: ${position}`];
        const answer = await exchange(evident(), rawRequest('GET', '/users/', { headers }));
        expectRefusal(answer, '/users/', `X-Evident-Min-Position ${JSON.stringify(position)}`);
        expect([400, 410]).toContain(answer.status);
      }
    });

    it('as a flood of headers', async () => {
      const lines = (count: number, length: number) =>
        Array.from({ length: count }, (_, index) => `X-Filler-${index}: ${'a'.repeat(length)}`);
      for (const headers of [lines(1, 20_000), lines(2_000, 1), lines(150, 200)]) {
        const [answer] = (await converse(evident(), rawRequest('GET', '/users/', { headers }))).answers;
        expect(answer?.status).toBe(431);
        if (answer !== undefined) expectRefusal(answer, '/users/', `${headers.length} headers`);
      }
      const cookies = Array.from({ length: 90 }, (_, index) => `Cookie: c${index}=1`);
      expect((await exchange(evident(), rawRequest('GET', '/users/', { headers: cookies }))).status).toBe(401);
    });

    it('did nothing at all', async () => {
      expect(await opened.typesAfter(events)).toEqual([]);
    });
  });
}
