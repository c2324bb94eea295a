import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { assignApp, getUser, listUsers, rotateAppKey, succeed, verifyCredentials } from '@evident/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { jdoe } from './objects.fixture.ts';
import { type RunningGateway, startGateway } from './start-gateway.fixture.ts';

let gateway: RunningGateway;
const credentials = { username: 'jdoe', password: 'secretpassword', api_key: 'key' };
const jsonType = { 'content-type': 'application/json' };

beforeAll(async () => {
  gateway = await startGateway();
  gateway.services.answer(verifyCredentials, () => succeed({ authorized: false, refusal: 'inactive' }, 'log~1'));
  gateway.services.answer(getUser, () => succeed({ ...jdoe, apps: [] }));
  gateway.services.answer(rotateAppKey, () => succeed({ apiKey: 'key', previousKeyExpiresAt: null }));
  gateway.services.answer(listUsers, () => succeed({ users: [], total: 0 }));
});
afterAll(() => gateway.close());

/** What comes back for these bytes, until the server closes. */
function raw(bytes: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let received = '';
  const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1', () => socket.write(bytes));
  socket.setEncoding('utf8').on('data', (chunk) => {
    received += chunk;
  });
  socket.on('close', () => resolve(received)).on('error', reject);
  return promise;
}
const request = (target: string, more = '') => `${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${more}\r\n`;

describe('routes', () => {
  it.each([
    ['POST', '/verify'],
    ['POST', '/verify/'],
    ['GET', '/users'],
    ['GET', '/users/'],
    ['GET', '/users/5/'],
  ])('%s %s needs no redirect for its slash', async (method, path) => {
    const answer = await gateway.call(method, path, method === 'POST' ? { json: credentials } : {});
    expect(answer.status).toBe(200);
  });

  it.each(['/nope', '/users/5/roles', '/Users/', '//users/', '/verify/x', '/api/sso', '/api/sso/v1nope'])(
    'answers the unknown %s with 404, whatever its method and body',
    async (path) => {
      for (const method of ['GET', 'POST', 'PATCH']) {
        const broken = method === 'GET' ? {} : { body: '{', headers: jsonType };
        const { status, json } = await gateway.call(method, path, { anonymous: true, ...broken });
        expect({ status, json }).toEqual({ status: 404, json: { detail: 'Not Found' } });
      }
    },
  );

  it.each([
    ['GET', '/verify', 'OPTIONS, POST'],
    ['PATCH', '/users/5', 'DELETE, GET, HEAD, OPTIONS, PUT'],
    ['PUT', '/users/', 'GET, HEAD, OPTIONS, POST'],
    ['GET', '/users/5/assign/2', 'DELETE, OPTIONS, POST'],
    ['PROPFIND', '/apps/', 'GET, HEAD, OPTIONS, POST'],
  ])('answers %s %s with 405 and Allow: %s', async (method, path, allow) => {
    const { status, json, headers } = await gateway.call(method, path, { anonymous: true });
    expect({ status, json }).toEqual({ status: 405, json: { detail: 'Method Not Allowed' } });
    expect(headers.get('allow')).toBe(allow);
  });

  it('answers OPTIONS with what is allowed', async () => {
    const { status, headers } = await gateway.call('OPTIONS', '/users/', { anonymous: true });
    expect([status, headers.get('allow')]).toEqual([204, 'GET, HEAD, OPTIONS, POST']);
  });

  it('answers HEAD like GET, without the body', async () => {
    const get = await gateway.call('GET', '/users/5');
    const head = await gateway.call('HEAD', '/users/5');
    expect([head.status, head.text]).toEqual([200, '']);
    expect(head.headers.get('content-length')).toBe(String(Buffer.byteLength(get.text)));
    expect((await gateway.call('HEAD', '/users/5', { anonymous: true })).status).toBe(401);
  });
});

describe('bodies', () => {
  const post = (body: string | Buffer, headers: Record<string, string> = jsonType) =>
    gateway.call('POST', '/verify', { body, headers, anonymous: true });

  it.each([
    ['malformed JSON', '{"username":'],
    ['two values', '{}{}'],
    ['NaN', '{"username":NaN}'],
    ['a body that is not UTF-8', Buffer.from([0x22, 0xff, 0x22])],
    ['JSON that is too deep', `${'['.repeat(33)}${']'.repeat(33)}`],
    ['JSON that is far too deep', '{"a":'.repeat(10_000)],
  ])('answers %s with 422', async (_what, body) => {
    const { status, json } = await post(body);
    expect({ status, json }).toEqual({
      status: 422,
      json: { detail: [{ loc: ['body'], msg: expect.any(String), type: 'json_invalid' }] },
    });
  });

  it('counts brackets inside of texts for what they are', async () => {
    const { status } = await post(JSON.stringify({ ...credentials, password: '[{"\\'.repeat(40) }));
    expect(status).toBe(200);
  });

  it.each([
    ['text/plain', 'content_type'],
    ['application/x-www-form-urlencoded', 'content_type'],
    ['multipart/form-data', 'content_type'],
    ['application/jsonp', 'content_type'],
    ['application/vnd.evident+jsonp', 'content_type'],
    ['garbage', 'content_type'],
    ['', 'content_type'],
  ])('answers the content type "%s" with 422', async (type) => {
    const { status, json } = await post(JSON.stringify(credentials), { 'content-type': type });
    expect({ status, json }).toMatchObject({
      status: 422,
      json: { detail: [{ loc: ['body'], type: 'content_type' }] },
    });
  });

  it.each([
    'application/json; charset=utf-8',
    'APPLICATION/JSON',
    'application/vnd.evident+json',
    'application/vnd.evident+json;charset=utf-8',
  ])('takes the content type %s', async (type) => {
    expect((await post(JSON.stringify(credentials), { 'content-type': type })).status).toBe(200);
  });

  it('answers an absent body with 422', async () => {
    const { status, json } = await gateway.call('POST', '/verify', { anonymous: true });
    expect({ status, json }).toEqual({
      status: 422,
      json: { detail: [{ loc: ['body'], msg: 'Field required', type: 'missing' }] },
    });
  });

  it.each([
    'application/json',
    'application/x-www-form-urlencoded',
    'text/plain',
    'multipart/form-data; boundary=x',
    'garbage',
    '',
  ])('takes nothing for nothing, of whatever type it is said to be: "%s"', async (type) => {
    const sent = { body: '', headers: { 'content-type': type } };
    expect((await gateway.call('POST', '/apps/5/rotate-key', sent)).status).toBe(200);
    expect(await post('', { 'content-type': type })).toMatchObject({
      status: 422,
      json: { detail: [{ loc: ['body'], msg: 'Field required', type: 'missing' }] },
    });
  });

  it('ignores a body where it takes none, of whatever type', async () => {
    gateway.services.answer(assignApp, () => succeed({}));
    for (const type of ['text/plain', 'garbage', '']) {
      const sent = { body: '{', headers: { 'content-type': type } };
      expect([type, (await gateway.call('POST', '/users/5/assign/2', sent)).status]).toEqual([type, 200]);
    }
  });

  it('says of a coded body that it takes none, and looks no further', async () => {
    for (const coding of ['gzip', 'br', 'gzip, identity']) {
      const { status, json } = await post(JSON.stringify(credentials), { ...jsonType, 'content-encoding': coding });
      expect({ status, json }).toMatchObject({
        status: 422,
        json: { detail: [{ loc: ['body'], msg: 'Content-Encoding should be identity', type: 'content_encoding' }] },
      });
    }
    expect((await post(JSON.stringify(credentials), { ...jsonType, 'content-encoding': 'Identity' })).status).toBe(200);
  });

  it('answers more than 64 KiB with 413, announced or not', async () => {
    const large = JSON.stringify({ ...credentials, filler: 'a'.repeat(70_000) });
    const announced = await post(large);
    expect(announced).toMatchObject({ status: 413, json: { detail: 'Request body too large' } });
    const chunk = 'a'.repeat(0x8000);
    const chunked = await raw(
      `POST /verify HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n${`8000\r\n${chunk}\r\n`.repeat(3)}0\r\n\r\n`,
    );
    expect(chunked).toMatch(/^HTTP\/1\.1 413 /);
    expect((await gateway.call('POST', '/users/5/assign/2', { body: large, headers: jsonType })).status).toBe(413);
  });

  it('drops prototypes and the earlier of two members', async () => {
    gateway.services.asked.length = 0;
    const { status } = await post(
      '{"__proto__":{"username":"evil"},"constructor":{"prototype":{"x":1}},"username":"first","username":"jdoe","password":"p","api_key":"k"}',
    );
    expect(status).toBe(200);
    expect(gateway.services.askedOf(verifyCredentials)[0]?.payload).toEqual({
      username: 'jdoe',
      password: 'p',
      apiKey: 'k',
    });
    const inherited = await post('{"__proto__":{"username":"evil","password":"p","api_key":"k"}}');
    expect(inherited.status).toBe(422);
  });
});

describe('what is hardly HTTP', () => {
  it.each([
    ['a malformed escape in the path', request('GET /users/%zz'), 400],
    ['bytes that are no HTTP', 'hello\r\n\r\n', 400],
    ['two lengths', request('POST /verify', 'Content-Length: 1\r\nContent-Length: 2\r\n'), 400],
    ['two hosts', request('GET /users/', 'Host: y\r\n'), 400],
    ['no host', 'GET /users/ HTTP/1.1\r\nConnection: close\r\n\r\n', 400],
    ['a transfer that is coded', `${request('POST /verify', 'Transfer-Encoding: gzip, chunked\r\n')}0\r\n\r\n`, 400],
    [
      'chunks in HTTP/1.0',
      'POST /verify HTTP/1.0\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      400,
    ],
    ['an expectation that is unknown', request('POST /verify', 'Expect: more\r\n'), 417],
    ['headers without end', request('GET /health', `X-Filler: ${'a'.repeat(20_000)}\r\n`), 431],
    ['a target without a slash', request('GET users/'), 400],
    ['an asterisk', request('OPTIONS *'), 404],
    ['a tunnel', request('CONNECT elsewhere:443'), 405],
    ['a target of another scheme', request('GET ftp://x/users/'), 404],
  ])('is answered in the shape of the contract: %s', async (_what, bytes, status) => {
    const answer = await raw(bytes);
    const [head = '', body = ''] = answer.split('\r\n\r\n');
    expect(head).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(head).toMatch(/content-type: application\/json/i);
    expect(head).toMatch(/x-content-type-options: nosniff/i);
    expect(head).toMatch(/^cache-control: no-store\r?$/im);
    expect(head).toMatch(/^date: \w{3}, \d\d \w{3} \d{4} [\d:]{8} GMT\r?$/im);
    expect(JSON.parse(body)).toEqual({ detail: expect.any(String) });
  });
});

it.each([
  ['POST /users/', 'chunked', 401],
  ['POST /nope', 'chunked', 404],
  ['POST /verify', 'chunked', 400],
  ['POST /verify', 'xchunked', 400],
])('a request has one answer, though its body is no HTTP: %s, %s', async (target, coding, status) => {
  const head = `${target} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: ${coding}`;
  const answer = await raw(`${head}\r\n\r\nzz\r\n`);
  expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual([`HTTP/1.1 ${status}`]);
});

describe('a path in another spelling, as the router reads it,', () => {
  it.each([
    ['GET http://x/api/sso/v1/nope', 404, { code: 'resource_not_found' }],
    ['GET HTTPS://x:1/ops/nope?y', 404, { code: 'http.not-found' }],
    ['GET /%61pi/sso/v1/n%6Fpe', 404, { code: 'resource_not_found' }],
    ['PATCH http://x/users/', 405, { detail: 'Method Not Allowed' }],
    ['PATCH /%75sers/5', 405, { detail: 'Method Not Allowed' }],
    ['PATCH /users%2F5', 404, { detail: 'Not Found' }],
    ['GET /api/sso/v1/%zz', 400, { code: 'bad_request' }],
  ])('is answered in the words of its contract: %s', async (target, status, words) => {
    const [head = '', body = ''] = (await raw(request(target))).split('\r\n\r\n');
    expect(head).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(JSON.parse(body)).toMatchObject(words);
  });
});

describe('a body that is only sent on demand', () => {
  const asking = (target: string, length: number, more = '') =>
    `${target} HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n${more}\r\n`;

  it('is asked for where the head is in order', async () => {
    const { promise: answered, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    const headers = { ...jsonType, expect: '100-continue', 'transfer-encoding': 'chunked' };
    const sent = httpRequest(`${gateway.url}/verify`, { method: 'POST', headers });
    sent.on('response', resolve).on('error', reject).flushHeaders();
    await once(sent, 'continue');
    sent.end(JSON.stringify(credentials));
    const response = await answered;
    expect([response.statusCode, response.headers.connection]).toEqual([200, 'keep-alive']);
    response.resume();
  });

  it.each([
    ['that nobody takes', asking('POST /nope', 9), 404],
    ['of a stranger', asking('POST /users/', 9), 401],
    ['that is too large', asking('POST /verify', 70_000), 413],
    ['for two hosts', asking('POST /verify', 9, 'Host: y\r\n'), 400],
  ])('is not asked for where the answer is known without it: one %s', async (_what, bytes, status) => {
    const answer = await raw(bytes);
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(answer).toMatch(/connection: close/i);
  });
});

describe('every answer', () => {
  it.each(['/health', '/users/5', '/nope', '/docs'])('of %s has the security headers', async (path) => {
    const { headers } = await gateway.call('GET', path);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(headers.get('access-control-allow-origin')).toBeNull();
    expect(headers.get('server')).toBeNull();
  });

  it('echoes a request id that is acceptable, and makes one otherwise', async () => {
    const echoed = async (id: string) =>
      (await gateway.call('GET', '/health', { headers: { 'x-request-id': id } })).headers.get('x-request-id');
    expect(await echoed('order 66/a')).toBe('order 66/a');
    expect(await echoed('x'.repeat(129))).toMatch(/^[0-9a-f-]{36}$/);
    expect(await echoed('naïve')).toMatch(/^[0-9a-f-]{36}$/);
    await gateway.call('GET', '/users/5', { headers: { 'x-request-id': 'to-the-service' } });
    expect(gateway.services.askedOf(getUser).at(-1)?.context.correlationId).toBe('to-the-service');
  });
});
