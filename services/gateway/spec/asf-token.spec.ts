import { authenticate, openSession, succeed } from '@evident/contracts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { userId } from './issued-tokens.fixture.ts';
import { accessOnly } from './objects.fixture.ts';
import { type RunningGateway, startGateway } from './start-gateway.fixture.ts';

let gateway: RunningGateway;
const evidence = { stream: 'signin-main.x', revision: 3, ticket: 'ticket' };
const form = { 'content-type': 'application/x-www-form-urlencoded' };
const token = (body: string, headers: Record<string, string> = form) =>
  gateway.call('POST', '/token', { body, headers, anonymous: true });

beforeAll(async () => {
  gateway = await startGateway();
});
beforeEach(() => {
  gateway.services.asked.length = 0;
  gateway.services.answer(authenticate, () => succeed({ userId, evidence }, 'log~1'));
  gateway.services.answer(openSession, () => succeed(accessOnly('a.b.c', 3600), 'log~2'));
});
afterAll(() => gateway.close());

describe('POST /token', () => {
  it('turns a sign-in into a session and answers its token', async () => {
    const { status, json, headers } = await token('username=admin&password=admin_password');
    expect(status).toBe(200);
    expect(json).toEqual({ access_token: 'a.b.c', token_type: 'bearer', expires_in: 3600 });
    expect(headers.get('x-evident-position')).toBe('log~2');
    const [signIn] = gateway.services.askedOf(authenticate);
    const [session] = gateway.services.askedOf(openSession);
    expect(signIn?.payload).toEqual({ username: 'admin', password: 'admin_password', purpose: 'token' });
    expect(session?.payload).toEqual({ evidence, purpose: 'token' });
    expect(session?.context).toEqual(signIn?.context);
  });

  it.each([
    ['signin.refused', 401, 'Incorrect username or password', 'Bearer'],
    ['signin.not-administrator', 403, 'Not an administrator', null],
    ['request.too-many-attempts', 429, 'Too many attempts, try again later', null],
    ['load.shed', 503, 'Service temporarily unavailable', null],
  ] as const)('answers %s with %i', async (code, status, detail, challenge) => {
    gateway.services.fail(authenticate, code);
    const answer = await token('username=admin&password=wrong');
    expect(answer).toMatchObject({ status, json: { detail } });
    expect(answer.headers.get('www-authenticate')).toBe(challenge);
    expect(gateway.services.askedOf(openSession)).toEqual([]);
  });

  it.each(['signin.refused', 'session.evidence-refused'] as const)(
    'answers a user who changed between sign-in and session (%s) like a wrong password',
    async (code) => {
      gateway.services.fail(openSession, code);
      const answer = await token('username=admin&password=admin_password');
      expect(answer).toMatchObject({ status: 401, json: { detail: 'Incorrect username or password' } });
    },
  );

  it('reads escapes, plus signs and UTF-8, and ignores the other fields of OAuth2', async () => {
    await token('grant_type=password&username=J%C3%BCrgen+K&password=a%26b%3Dc%2B&scope=&client_id=x');
    expect(gateway.services.askedOf(authenticate)[0]?.payload).toMatchObject({
      username: 'Jürgen K',
      password: 'a&b=c+',
    });
  });

  it.each([
    ['no body', '', 'username'],
    ['a missing password', 'username=admin', 'password'],
    ['an empty password', 'username=admin&password=', 'password'],
    ['a field given twice', 'username=a&username=b&password=x', 'username'],
    ['an operator', 'username[$ne]=x&password=x', 'username'],
    ['a NUL', 'username=a%00&password=x', 'username'],
  ])('answers %s with 422', async (_what, body, field) => {
    const { status, json } = await token(body);
    expect(status).toBe(422);
    expect(json).toMatchObject({ detail: expect.arrayContaining([expect.objectContaining({ loc: ['body', field] })]) });
    expect(gateway.services.askedOf(authenticate)).toEqual([]);
  });

  it.each(['username=%ff&password=x', 'username=%zz&password=x', 'username=%ED%A0%80&password=x'])(
    'answers %s, which is no UTF-8, with 422',
    async (body) => {
      const { status, json } = await token(body);
      expect({ status, json }).toMatchObject({
        status: 422,
        json: { detail: [{ loc: ['body'], type: 'form_invalid' }] },
      });
    },
  );

  it('takes an urlencoded form and nothing else', async () => {
    const json = await token('{"username":"admin","password":"x"}', { 'content-type': 'application/json' });
    const multipart = await token('x', { 'content-type': 'multipart/form-data; boundary=x' });
    for (const { status, json: body } of [json, multipart]) {
      expect({ status, body }).toMatchObject({
        status: 422,
        body: { detail: [{ loc: ['body'], msg: 'Content-Type should be application/x-www-form-urlencoded' }] },
      });
    }
  });
});
