import type { Deployment } from '@evident/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { call } from '../e2e/http.ts';
import { createUser } from '../e2e/objects.ts';
import { converse, exchange, rawRequest, stillServes } from './raw-http.ts';
import { expectRefusal } from './refusal-shape.ts';

/** Where more than a few rounds are asked for, there is also time to wait for time-outs. */
const patient = Number(process.env.SWEEP_ROUNDS ?? 0) >= 100;
const impatience = patient ? '' : ' (takes 20 s; run with SWEEP_ROUNDS=100)';

/**
 * Bytes on a connection that two readers could understand differently, a proxy in front and this server behind it. What
 * is hidden in them is a removal in an administrator's name: it must never be carried out, however the rest is read.
 */
export function smugglingSuite(evident: () => Deployment, token: () => string): void {
  describe('a request hidden in another', () => {
    let user: number;
    let hidden: string;

    beforeAll(async () => {
      user = (await createUser(evident(), token())).body.id;
      hidden = `DELETE /users/${user} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token()}\r\n\r\n`;
    });

    const isThere = async () => (await call(evident(), `/users/${user}`, { token: token() })).status === 200;
    const post = (headers: readonly string[], body: string) =>
      `POST /verify HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n${headers.join('\r\n')}\r\n\r\n${body}`;
    const chunked = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n0\r\n\r\n`;

    const ambiguous = (): [what: string, bytes: string][] => [
      ['length before chunks', post(['Content-Length: 6', 'Transfer-Encoding: chunked'], `0\r\n\r\n${hidden}`)],
      ['chunks before length', post(['Transfer-Encoding: chunked', 'Content-Length: 4'], `${chunked('{}')}${hidden}`)],
      ['two lengths', post(['Content-Length: 2', `Content-Length: ${2 + hidden.length}`], `{}${hidden}`)],
      ['two lengths in a line', post([`Content-Length: 2, ${2 + hidden.length}`], `{}${hidden}`)],
      ['a length with a sign', post(['Content-Length: +2'], `{}${hidden}`)],
      ['a negative length', post(['Content-Length: -1'], hidden)],
      ['a length in hexadecimal', post(['Content-Length: 0x2'], `{}${hidden}`)],
      ['a length that overflows', post(['Content-Length: 18446744073709551618'], `{}${hidden}`)],
      ['an empty length', post(['Content-Length: '], hidden)],
      ['an unknown coding', post(['Transfer-Encoding: xchunked'], hidden)],
      ['chunks that are not last', post(['Transfer-Encoding: chunked, identity'], `${chunked('{}')}${hidden}`)],
      [
        'chunks twice',
        post(['Transfer-Encoding: chunked', 'Transfer-Encoding: identity'], `${chunked('{}')}${hidden}`),
      ],
      [
        'a space before the colon',
        post(['Transfer-Encoding : chunked', 'Content-Length: 4'], `${chunked('{}')}${hidden}`),
      ],
      ['a folded line', post(['Transfer-Encoding:', ' chunked', 'Content-Length: 4'], `${chunked('{}')}${hidden}`)],
      ['a NUL in a name', post(['Transfer-Encoding\0: chunked', 'Content-Length: 4'], `${chunked('{}')}${hidden}`)],
      ['a NUL in a value', post(['X: a\0b', 'Content-Length: 2'], `{}${hidden}`)],
      ['a bare CR in a value', post(['X: a\rTransfer-Encoding: chunked', 'Content-Length: 2'], `{}${hidden}`)],
      ['a chunk size that is none', post(['Transfer-Encoding: chunked'], `zz\r\n${hidden}`)],
      ['a negative chunk size', post(['Transfer-Encoding: chunked'], `-2\r\n{}\r\n0\r\n\r\n${hidden}`)],
      [
        'a chunk size that overflows',
        post(['Transfer-Encoding: chunked'], `10000000000000002\r\n{}\r\n0\r\n\r\n${hidden}`),
      ],
      ['a chunk without its end', post(['Transfer-Encoding: chunked'], `2\r\n{}0\r\n\r\n${hidden}`)],
      ['a chunk with a bare LF', post(['Transfer-Encoding: chunked'], `2\n{}\n0\n\n${hidden}`)],
    ];

    it('is not found by any ambiguity about where the first one ends', async () => {
      for (const [what, bytes] of ambiguous()) {
        const { answers, closed } = await converse(evident(), bytes, { answers: 2, withinMs: 5_000, endsHalf: true });
        expect.soft({ what, closed, statuses: answers.map(({ status }) => status) }).toEqual({
          what,
          closed: true,
          statuses: [400],
        });
        for (const answer of answers) expectRefusal(answer, '/verify', what);
        expect.soft({ what, isThere: await isThere() }).toEqual({ what, isThere: true });
      }
    });

    it('is the body of the first, also where that is refused before its body is read', async () => {
      const last = 'GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n';
      const outer = [
        `GET /health HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${hidden.length}\r\n\r\n${hidden}`,
        `POST /users/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${hidden.length}\r\n\r\n${hidden}`,
        `POST /nowhere HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n${chunked(hidden)}`,
        `DELETE /verify HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${hidden.length}\r\n\r\n${hidden}`,
        post([`Content-Length: ${hidden.length}`], hidden),
      ];
      for (const bytes of outer) {
        const { answers } = await converse(evident(), `${bytes}${last}`, { answers: 3, withinMs: 5_000 });
        const statuses = answers.map(({ status }) => status);
        // The connection may be given up after a refusal; if it goes on, then with the request that really follows.
        expect
          .soft({ bytes, statuses: statuses.slice(1) })
          .toEqual({ bytes, statuses: statuses.length > 1 ? [200] : [] });
        expect.soft(await isThere()).toBe(true);
      }
    });

    it('in a header, a path or an upgrade is part of that', async () => {
      const injected = encodeURIComponent(`\r\n\r\n${hidden}`);
      for (const [target, headers] of [
        [`/users/${injected}`, []],
        [`/users/?q=${injected}`, []],
        ['/health', ['Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAAQAAP__']],
        ['/health', ['Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Key: x', 'Sec-WebSocket-Version: 13']],
      ] as const) {
        const answer = await exchange(evident(), rawRequest('GET', target, { headers }));
        expect([200, 401]).toContain(answer.status);
      }
      const preface = Buffer.from(`PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n${hidden}`);
      const { answers } = await converse(evident(), preface, { answers: 2, withinMs: 5_000, endsHalf: true });
      expect(answers.map(({ status }) => status)).toEqual([400]);
      expect(await isThere()).toBe(true);
    });

    it('goes through where it is not hidden at all: two requests on a connection are two answers', async () => {
      const { answers } = await converse(evident(), `${post(['Content-Length: 2'], '{}')}${hidden}`, { answers: 2 });
      expect(answers.map(({ status }) => status)).toEqual([422, 204]);
      expect(await isThere()).toBe(false);
    });
  });

  describe('a body without end', () => {
    const head = (headers: string) =>
      `POST /verify HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n${headers}\r\n\r\n`;

    it('is cut off with 413 once it is longer than it may be', async () => {
      const chunk = `4000\r\n${'a'.repeat(0x4000)}\r\n`;
      const sent = [head('Transfer-Encoding: chunked'), ...Array.from({ length: 64 }, () => chunk)];
      const { answers } = await converse(evident(), sent);
      // Where the server closes while there is more to come, the answer itself may be lost on the way.
      expect(answers.map(({ status }) => status)).toEqual(answers.length === 0 ? [] : [413]);
      expect(await stillServes(evident())).toBe(true);
    });

    it('is refused unread where its length is announced', async () => {
      for (const length of ['65537', '999999999999']) {
        const [answer] = (await converse(evident(), head(`Content-Length: ${length}`))).answers;
        expect(answer).toMatchObject({ status: 413, body: '{"detail":"Request body too large"}' });
      }
    });

    it('that is broken off leaves nothing behind', async () => {
      const broken = Array.from({ length: 50 }, () =>
        converse(evident(), `${head('Content-Length: 1000')}{"username":`, { endsHalf: true, withinMs: 5_000 }),
      );
      for (const { answers } of await Promise.all(broken)) {
        for (const { status } of answers) expect(status).toBe(400);
      }
      expect(await stillServes(evident())).toBe(true);
    });

    it('that never comes keeps nobody else from an answer', async () => {
      const stalled = Array.from({ length: 300 }, () => head('Content-Length: 1000'));
      const waiting = stalled.map((bytes) => converse(evident(), bytes, { withinMs: 500 }));
      const { status } = await exchange(
        evident(),
        rawRequest('GET', '/users/', { headers: [`Authorization: Bearer ${token()}`] }),
      );
      expect(status).toBe(200);
      for (const { answers } of await Promise.all(waiting)) expect(answers).toEqual([]);
    });

    it.runIf(patient)(`that never comes is given up with 408${impatience}`, { timeout: 60_000 }, async () => {
      const slow = [head('Content-Length: 1000'), 'POST /verify HTTP/1.1\r\nHost: loc'];
      const conversations = slow.map((bytes) => converse(evident(), bytes, { withinMs: 40_000 }));
      for (const { answers } of await Promise.all(conversations)) {
        expect(answers.map(({ status }) => status)).toEqual([408]);
        for (const answer of answers) expectRefusal(answer, '/verify', 'too slow');
      }
    });

    it('is waited for only where it was asked for: an expectation other than 100-continue is 417', async () => {
      const go = await converse(evident(), [head('Content-Length: 2\r\nExpect: 100-continue'), '{}']);
      expect(go.answers.map(({ status }) => status)).toEqual([422]);
      const [answer] = (await converse(evident(), head('Content-Length: 2\r\nExpect: the-unexpected'))).answers;
      expect(answer).toMatchObject({ status: 417, body: '{"detail":"Expectation Failed"}' });
    });
  });
}
