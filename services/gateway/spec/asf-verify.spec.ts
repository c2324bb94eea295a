import { fail, succeed, verifyCredentials } from '@evident/contracts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { jdoe, printedUser } from './objects.fixture.ts';
import { type RunningGateway, startGateway } from './start-gateway.fixture.ts';

let gateway: RunningGateway;
const body = { username: 'jdoe', password: 'secretpassword', api_key: 'YOUR_APP_API_KEY' };
const verify = (json: unknown = body, headers: Record<string, string> = {}) =>
  gateway.call('POST', '/verify', { json, anonymous: true, headers });

beforeAll(async () => {
  gateway = await startGateway();
});
beforeEach(() => {
  gateway.services.asked.length = 0;
  gateway.services.answer(verifyCredentials, () => succeed({ authorized: true, user: jdoe }, 'log~7'));
});
afterAll(() => gateway.close());

describe('POST /verify', () => {
  it('answers an authorized user exactly as printed, with the position of its event', async () => {
    const { status, json, headers } = await verify();
    expect(status).toBe(200);
    expect(json).toEqual({ authorized: true, message: 'Authorized', user: printedUser });
    expect(Object.keys((json as { user: object }).user)).toEqual(Object.keys(printedUser));
    expect(headers.get('x-evident-position')).toBe('log~7');
  });

  it.each([
    ['invalid-key', 'Invalid API key'],
    ['invalid-credentials', 'Invalid username or password'],
    ['inactive', 'User account is inactive'],
    ['not-assigned', 'User not authorized for this application'],
  ] as const)('answers %s with 200 and no user', async (refusal, message) => {
    gateway.services.answer(verifyCredentials, () => succeed({ authorized: false, refusal }, 'log~8'));
    const { status, json, headers } = await verify();
    expect({ status, json }).toEqual({ status: 200, json: { authorized: false, message } });
    expect(headers.get('x-evident-position')).toBe('log~8');
  });

  it('answers too many attempts with 429, Retry-After and its own shape', async () => {
    gateway.services.fail(verifyCredentials, 'request.too-many-attempts', { retryAfterSeconds: 30 });
    const { status, json, headers } = await verify();
    expect({ status, json }).toEqual({
      status: 429,
      json: { authorized: false, message: 'Too many attempts, try again later' },
    });
    expect(headers.get('retry-after')).toBe('30');
  });

  it.each(['load.shed', 'service.unavailable', 'deadline.passed', 'store.unavailable'] as const)(
    'answers %s with 503 and Retry-After',
    async (code) => {
      gateway.services.answer(verifyCredentials, () =>
        fail(code, code === 'load.shed' ? { retryAfterSeconds: 4 } : {}),
      );
      const { status, json, headers } = await verify();
      expect({ status, json }).toEqual({ status: 503, json: { detail: 'Service temporarily unavailable' } });
      expect(headers.get('retry-after')).toBe(code === 'load.shed' ? '4' : '1');
    },
  );

  it('passes on what was typed, and the address and agent of the person where the app tells them', async () => {
    await verify({ ...body, client_ip: '203.0.113.7', user_agent: 'Mozilla/5.0', role: 'owner' });
    expect(gateway.services.askedOf(verifyCredentials)[0]?.payload).toEqual({
      username: 'jdoe',
      password: 'secretpassword',
      apiKey: 'YOUR_APP_API_KEY',
      clientIp: '203.0.113.7',
      userAgent: 'Mozilla/5.0',
    });
  });

  it('takes null for an address or agent that the app does not know', async () => {
    expect((await verify({ ...body, client_ip: null, user_agent: null })).status).toBe(200);
    expect(Object.keys(gateway.services.askedOf(verifyCredentials)[0]?.payload ?? {})).toEqual([
      'username',
      'password',
      'apiKey',
    ]);
  });

  it('cuts an endless agent rather than keep its person out, and never in the middle of a character', async () => {
    await verify({ ...body, user_agent: `${'a'.repeat(511)}😀` });
    const payload = gateway.services.askedOf(verifyCredentials)[0]?.payload as { userAgent: string };
    expect(payload.userAgent).toBe('a'.repeat(511));
  });

  it('sends no credential and ignores Idempotency-Key, for nobody is authenticated', async () => {
    await verify(body, { authorization: 'Bearer x', 'idempotency-key': 'k'.repeat(500) });
    const context = gateway.services.askedOf(verifyCredentials)[0]?.context;
    expect(context).not.toHaveProperty('credential');
    expect(context).not.toHaveProperty('idempotencyKey');
    expect(context).toMatchObject({ tenant: 'main', clientIp: '127.0.0.1' });
  });

  it.each([
    ['username', 320],
    ['password', 1024],
    ['api_key', 256],
  ])('counts the length of %s in code points', async (field, longest) => {
    expect((await verify({ ...body, [field]: '😀'.repeat(longest) })).status).toBe(200);
    const { status, json } = await verify({ ...body, [field]: 'a'.repeat(longest + 1) });
    expect({ status, json }).toEqual({
      status: 422,
      json: {
        detail: [
          { loc: ['body', field], msg: `String should have at most ${longest} characters`, type: 'string_too_long' },
        ],
      },
    });
  });

  it.each([
    ['a missing field', { username: 'jdoe', password: 'x' }, ['body', 'api_key'], 'missing'],
    ['an empty field', { ...body, username: '' }, ['body', 'username'], 'string_too_short'],
    ['a null', { ...body, password: null }, ['body', 'password'], 'string_type'],
    ['a number', { ...body, password: 5 }, ['body', 'password'], 'string_type'],
    ['an operator', { ...body, username: { $ne: '' } }, ['body', 'username'], 'string_type'],
    ['a list', { ...body, api_key: ['a'] }, ['body', 'api_key'], 'string_type'],
    ['a NUL', { ...body, username: 'jd\0oe' }, ['body', 'username'], 'value_error'],
    ['an address that is none', { ...body, client_ip: 'localhost' }, ['body', 'client_ip'], 'value_error'],
    ['a list for a body', [body], ['body'], 'model_attributes_type'],
    ['a text for a body', 'jdoe', ['body'], 'model_attributes_type'],
    ['null for a body', null, ['body'], 'model_attributes_type'],
  ])('answers %s with 422', async (_what, json, loc, type) => {
    const answer = await verify(json);
    expect(answer.status).toBe(422);
    expect(answer.json).toEqual({ detail: [{ loc, msg: expect.any(String), type }] });
    expect(gateway.services.askedOf(verifyCredentials)).toEqual([]);
  });

  it('answers a lone surrogate with 422', async () => {
    const { status, json } = await gateway.call('POST', '/verify', {
      body: String.raw`{"username":"\ud800","password":"x","api_key":"y"}`,
      headers: { 'content-type': 'application/json' },
    });
    expect(status).toBe(422);
    expect(json).toMatchObject({ detail: [{ loc: ['body', 'username'], type: 'string_unicode' }] });
  });

  it('reports every problem at once', async () => {
    const { json } = await verify({ password: 5 });
    expect(json).toMatchObject({
      detail: [
        { loc: ['body', 'username'], type: 'missing' },
        { loc: ['body', 'password'], type: 'string_type' },
        { loc: ['body', 'api_key'], type: 'missing' },
      ],
    });
  });

  it('never repeats a value that was not acceptable', async () => {
    const { text } = await verify({ ...body, password: `${'hunter2'.repeat(200)}` });
    expect(text).not.toContain('hunter2');
  });
});
