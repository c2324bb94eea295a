import { readable } from '@evident/event-store';
import type { Deployment } from '@evident/testing';
import { describe, expect, it } from 'vitest';
import { openLogOf } from './opened-log.ts';
import { converse, exchange, type RawAnswer, rawRequest } from './raw-http.ts';

/** Headers that every answer has, whoever asked and whatever came of it. */
const everywhere: Readonly<Record<string, RegExp>> = {
  'cache-control': /^(no-store|public, max-age=\d+)$/,
  'content-security-policy': /^default-src 'none'/,
  'x-content-type-options': /^nosniff$/,
  'referrer-policy': /^no-referrer$/,
  'x-request-id': /^[\x21-\x7e]{1,128}$/,
};
const never = ['set-cookie', 'server', 'x-powered-by', 'access-control-allow-origin', 'via'];

function expectSafeHeaders(answer: RawAnswer): void {
  for (const [name, value] of Object.entries(everywhere))
    expect([name, answer.headers.get(name)]).toEqual([name, expect.stringMatching(value)]);
  for (const name of never) expect([name, answer.headers.get(name)]).toEqual([name, undefined]);
}

/** What the server shows to whoever can reach it, before anybody is anyone. */
export function surfaceSuite(evident: () => Deployment, token: () => string): void {
  const ask = (method: string, target: string, options: Parameters<typeof rawRequest>[2] = {}) =>
    exchange(evident(), rawRequest(method, target, options));
  const bearer = () => `Authorization: Bearer ${token()}`;

  describe('every answer', () => {
    it.each([
      ['GET', '/health', 200],
      ['GET', '/ready', 200],
      ['GET', '/docs', 200],
      ['GET', '/openapi.json', 200],
      ['GET', '/.well-known/jwks.json', 200],
      ['GET', '/users/', 401],
      ['POST', '/verify', 422],
      ['DELETE', '/verify', 405],
      ['GET', '/nowhere', 404],
      ['GET', '/%', 400],
      ['OPTIONS', '/verify', 204],
    ])('to %s %s (%i) has the security headers, no cookie and no CORS header', async (method, target, status) => {
      const answer = await ask(method, target, { headers: ['Origin: https://evil.example', 'Cookie: session=1'] });
      expect(answer.status).toBe(status);
      expectSafeHeaders(answer);
    });

    it('to a page of another origin allows nothing, also to a preflight', async () => {
      const headers = [
        'Origin: https://evil.example',
        'Access-Control-Request-Method: PUT',
        'Access-Control-Request-Headers: authorization',
      ];
      const answer = await ask('OPTIONS', '/users/1', { headers });
      expect([...answer.headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([]);
    });

    it('that holds people or tokens may not be kept by anybody', async () => {
      expect((await ask('GET', '/users/', { headers: [bearer()] })).headers.get('cache-control')).toBe('no-store');
      const form = `${new URLSearchParams({ ...evident().administrator })}`;
      const headers = ['Content-Type: application/x-www-form-urlencoded'];
      expect((await ask('POST', '/token', { headers, body: form })).headers.get('cache-control')).toBe('no-store');
    });

    it('echoes a request id only where it is printable, and never into another line', async () => {
      expect((await ask('GET', '/health', { headers: ['X-Request-Id: mine 1'] })).headers.get('x-request-id')).toBe(
        'mine 1',
      );
      for (const id of ['x'.repeat(129), '<\u00e4>', ' ', 'a\tb']) {
        const answer = await ask('GET', '/health', { headers: [`X-Request-Id: ${id}`] });
        expect(answer.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
      }
    });
  });

  describe('methods', () => {
    it.each(['TRACE', 'CONNECT', 'PATCH', 'PROPFIND', 'SEARCH', 'LINK', 'PURGE', 'QUERY'])(
      '%s is refused with a 4xx that echoes nothing',
      async (method) => {
        const headers = ['X-Secret: do not echo', 'Cookie: do not echo'];
        const { answers, closed } = await converse(evident(), rawRequest(method, '/users/', { headers }), {
          withinMs: 3_000,
        });
        const [answer] = answers;
        // A CONNECT that nobody serves may be answered by closing the connection.
        if (answer === undefined) expect(closed).toBe(true);
        else {
          expect(answer.status).toBeGreaterThanOrEqual(400);
          expect(answer.status).toBeLessThan(500);
          expect(`${answer.head}${answer.body}`).not.toContain('do not echo');
        }
      },
    );

    it('that are none are refused', async () => {
      for (const line of ['FOO /users/', 'get /health', 'GET', 'G\u00c4T /health']) {
        const [answer] = (await converse(evident(), `${line} HTTP/1.1\r\nHost: localhost\r\n\r\n`)).answers;
        expect([line, answer?.status]).toEqual([line, 400]);
      }
    });

    it.each(['X-HTTP-Method-Override', 'X-Method-Override', 'X-HTTP-Method'])('are not changed by %s', async (name) => {
      const answer = await ask('GET', '/users/999999', { headers: [bearer(), `${name}: DELETE`] });
      expect(answer).toMatchObject({ status: 404, body: '{"detail":"User not found"}' });
      expect((await ask('POST', '/users/1?_method=DELETE', { headers: [bearer()] })).status).toBe(405);
    });
  });

  describe('the Host header', () => {
    it('changes no answer: links, issuer and document are those of the configuration', async () => {
      const texts = [];
      for (const host of ['localhost', 'evil.example', '127.0.0.1:1', 'a"b<c>', '']) {
        const request = `GET /openapi.json HTTP/1.1\r\nHost: ${host}\r\nX-Forwarded-Host: evil.example\r\nX-Forwarded-Proto: https\r\nForwarded: host=evil.example\r\n\r\n`;
        const answer = await exchange(evident(), Buffer.from(request));
        expect([host, answer.status]).toEqual([host, 200]);
        texts.push(answer.body);
      }
      expect(new Set(texts).size).toBe(1);
      expect(texts[0]).not.toContain('evil.example');
    });

    it('given twice or not at all is no request', async () => {
      for (const hosts of ['Host: a\r\nHost: b\r\n', '']) {
        const [answer] = (await converse(evident(), `GET /health HTTP/1.1\r\n${hosts}\r\n`)).answers;
        expect(answer?.status).toBe(400);
      }
    });

    it('in an absolute target reaches the same routes and no others', async () => {
      const answer = await exchange(
        evident(),
        Buffer.from('GET http://evil.example/users/ HTTP/1.1\r\nHost: localhost\r\n\r\n'),
      );
      expect([401, 404]).toContain(answer.status);
    });
  });

  describe('headers that name where a request came from', () => {
    it('are believed of nobody: the event has the address of the connection', async () => {
      const opened = await openLogOf(evident());
      const before = (await opened.stored()).length;
      const claimed = [
        'X-Forwarded-For',
        'X-Real-IP',
        'CF-Connecting-IP',
        'True-Client-IP',
        'X-Client-IP',
        'Client-IP',
      ];
      const headers = claimed.map((name) => `${name}: 198.51.100.99`);
      const body = JSON.stringify({ username: 'a', password: 'b', api_key: 'c' });
      const sent = { headers: [...headers, 'Forwarded: for=198.51.100.99', 'Content-Type: application/json'], body };
      expect((await ask('POST', '/verify', sent)).status).toBe(200);
      const [stored] = (await opened.stored()).slice(before);
      if (stored === undefined) throw new Error('no event');
      const event = readable(await opened.log.codec.decode(stored));
      expect(await event.client()).toEqual({ ip: '127.0.0.1' });
      await opened.close();
    });
  });

  describe('paths', () => {
    it.each([
      '/users/../users/',
      '/%2e%2e/users/',
      '/users/%2e%2e/users/',
      '//users/',
      '/users//',
      '/USERS/',
      '/users/;a=1',
      '/users/%00',
    ])('%s leads past no check', async (target) => {
      const { status } = await ask('GET', target);
      expect([400, 401, 404]).toContain(status);
    });
  });
}
