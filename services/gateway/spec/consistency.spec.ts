import {
  changeUser,
  getRevocations,
  getUser,
  registerUser,
  succeed,
  verifyApiKey,
  verifyCredentials,
} from '@evident/contracts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { jdoe } from './objects.fixture.ts';
import { type RunningGateway, startGateway } from './start-gateway.fixture.ts';

let gateway: RunningGateway;
beforeEach(async () => {
  gateway = await startGateway();
  gateway.services.answer(getUser, () => succeed({ ...jdoe, apps: [] }));
  gateway.services.answer(changeUser, () => succeed(jdoe, 'log~5'));
  gateway.services.answer(registerUser, () => succeed(jdoe, 'log~6'));
});
afterEach(() => gateway.close());

const write = () => gateway.call('PUT', '/users/5', { json: {} });
const read = (minPosition?: string, headers: Record<string, string> = {}) =>
  gateway.call('GET', '/users/5', {
    headers: { ...headers, ...(minPosition === undefined ? {} : { 'x-evident-min-position': minPosition }) },
  });
const demanded = () => gateway.services.askedOf(getUser).map(({ context }) => context.minPosition);
const waits = () => gateway.services.askedOf(getRevocations).flatMap(({ context }) => context.minPosition ?? []);

describe('a write', () => {
  it('is answered after the projection has passed it, and with its position', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const asked = Promise.withResolvers<void>();
    gateway.services.holdRevocations(async (minPosition) => {
      if (minPosition !== 'log~5') return;
      asked.resolve();
      await promise;
    });
    let isAnswered = false;
    const written = write().finally(() => {
      isAnswered = true;
    });
    await asked.promise;
    expect(isAnswered).toBe(false);
    resolve();
    expect((await written).headers.get('x-evident-position')).toBe('log~5');
  });

  it('is answered all the same where that takes longer, and no token is accepted until it was passed', async () => {
    gateway.services.fail(getRevocations, 'deadline.passed');
    expect(await write()).toMatchObject({ status: 200 });
    expect((await read()).status).toBe(503);
    gateway.services.restoreRevocations();
    expect((await read()).status).toBe(200);
    expect(waits()).toContain('log~5');
  });

  it('is demanded by the next reads of its caller, and of nobody else', async () => {
    const other = await gateway.tokens.issue({ sub: 'user:5d1b7f0e-0000-4000-8000-000000000001' });
    await write();
    await read();
    await read(undefined, { authorization: `Bearer ${other}` });
    expect(demanded()).toEqual(['log~5', undefined]);
  });

  it('is demanded as far as the later of two, whichever is answered last', async () => {
    await gateway.call('POST', '/users/', { json: { username: 'a', email: 'b', password: 'c' } });
    await write();
    await read();
    expect(demanded()).toEqual(['log~6']);
  });

  it('of a log that was replaced is forgotten, for its caller never named it', async () => {
    await write();
    gateway.services.answer(getUser, (_query, { minPosition }) =>
      minPosition === 'log~5' ? { ok: false, error: { code: 'log.changed' } } : succeed({ ...jdoe, apps: [] }),
    );
    expect((await read()).status).toBe(200);
    await read();
    expect(demanded()).toEqual(['log~5', undefined, undefined]);
  });

  it('that was refused changes nothing here', async () => {
    gateway.services.fail(changeUser, 'user.unknown');
    const refused = await write();
    expect([refused.status, refused.headers.get('x-evident-position'), waits()]).toEqual([404, null, []]);
  });

  it('carries the Idempotency-Key of an authenticated caller, and a command id of its own', async () => {
    const post = (key: string) =>
      gateway.call('POST', '/users/', {
        json: { username: 'a', email: 'b', password: 'c' },
        headers: { 'idempotency-key': key },
      });
    await post('order-66');
    await post('order-66');
    const contexts = gateway.services.askedOf(registerUser).map(({ context }) => context);
    expect(contexts.map(({ idempotencyKey }) => idempotencyKey)).toEqual(['order-66', 'order-66']);
    expect(contexts[0]?.commandId).not.toBe(contexts[1]?.commandId);
    for (const malformed of ['k'.repeat(129), 'ö']) {
      expect(await post(malformed)).toMatchObject({
        status: 422,
        json: { detail: [{ loc: ['header', 'Idempotency-Key'] }] },
      });
    }
  });
});

describe('/verify', () => {
  it('has its position, and is not held: nobody reads what it wrote', async () => {
    gateway.services.answer(verifyCredentials, () => succeed({ authorized: false, refusal: 'inactive' }, 'log~9'));
    const { headers } = await gateway.call('POST', '/verify', { json: { username: 'a', password: 'b', api_key: 'c' } });
    expect([headers.get('x-evident-position'), waits()]).toEqual(['log~9', []]);
  });
});

describe('X-Evident-Min-Position', () => {
  it('is awaited before the token is judged, and demanded of the read', async () => {
    expect((await read('log~3')).status).toBe(200);
    expect([waits(), demanded()]).toEqual([['log~3'], ['log~3']]);
  });

  it('is asked for once while clients repeat it', async () => {
    await read('log~3');
    await read('log~3');
    expect([waits(), demanded()]).toEqual([['log~3'], ['log~3', 'log~3']]);
  });

  it.each([
    ['beyond it', 'log~7', 'log~7'],
    ['before it', 'log~3', 'log~5'],
    ['of another log', 'other~1', 'other~1'],
  ])('of who has written counts beside the own write: %s', async (_where, position, expected) => {
    await write();
    expect((await read(position)).status).toBe(200);
    expect(demanded()).toEqual([expected]);
  });

  it('of another log is refused also to who has written, and the own write is not forgotten for it', async () => {
    await write();
    gateway.services.answer(getUser, (_query, { minPosition }) =>
      minPosition === 'other~1' ? { ok: false, error: { code: 'log.changed' } } : succeed({ ...jdoe, apps: [] }),
    );
    expect((await read('other~1')).status).toBe(410);
    await read();
    expect(demanded()).toEqual(['other~1', 'log~5']);
  });

  it.each([
    ['log.unknown-position', 400, 'X-Evident-Min-Position is not a position'],
    ['log.changed', 410, 'The position is of another log'],
    ['read.not-yet', 503, 'Not yet at the position asked for'],
  ] as const)('that is refused with %s is answered %i', async (code, status, detail) => {
    gateway.services.failPosition('log~99', { code, position: 'log~7' });
    const answer = await read('log~99');
    expect(answer).toMatchObject({ status, json: { detail } });
    expect(answer.headers.get('x-evident-position')).toBe('log~7');
    expect(answer.headers.get('retry-after')).toBe(status === 503 ? '1' : null);
    expect(gateway.services.askedOf(getUser)).toEqual([]);
  });

  it.each(['/users/5', '/api/sso/v1/users', '/events'])('that is none is refused by its name: %s', async (path) => {
    const headers = { 'x-evident-min-position': 'ö' };
    const { status, json } = await gateway.call('GET', path, { headers });
    expect([status, json]).toEqual([
      400,
      expect.objectContaining({ detail: expect.stringContaining('X-Evident-Min-') }),
    ]);
  });

  describe('with an API key', () => {
    const keyId = '019a2f1e-7c1e-7b52-9a34-1c5e7d9b2f60';
    const bytes = [Buffer.from(keyId.replaceAll('-', ''), 'hex'), Buffer.alloc(32, 7)];
    const key = `usso_sk_${Buffer.concat(bytes).toString('base64url')}`;
    const ask = (method: string, path: string, minPosition: string) =>
      gateway.call(method, path, {
        anonymous: true,
        headers: { 'x-api-key': key, 'x-evident-min-position': minPosition },
        ...(method === 'GET' ? {} : { json: {} }),
      });
    beforeEach(() => {
      const holder = `user:${keyId}`;
      const value = { keyId, holder, scopes: [], roles: [], workspaceIds: [], expiresAt: null };
      gateway.services.answer(verifyApiKey, () => succeed(value));
    });

    it.each([
      ['GET', '/users/5'],
      ['PUT', '/users/5'],
      ['GET', '/api/sso/v1/auth/me'],
    ])('is awaited as with a token: %s %s', async (method, path) => {
      expect((await ask(method, path, 'log~3')).status).toBe(200);
      expect(waits()[0]).toBe('log~3');
      gateway.services.failPosition('log~99', { code: 'read.not-yet', position: 'log~7' });
      const late = await ask(method, path, 'log~99');
      expect([late.status, late.headers.get('x-evident-position')]).toEqual([503, 'log~7']);
      gateway.services.failPosition('x', { code: 'log.unknown-position' });
      expect((await ask(method, path, 'x')).status).toBe(400);
    });

    it('is awaited for nobody whose key is none, who is not told how far the log is either', async () => {
      gateway.services.fail(verifyApiKey, 'caller.bad-credential');
      gateway.services.failPosition('log~99', { code: 'read.not-yet', position: 'log~7' });
      const refused = await ask('PUT', '/users/5', 'log~99');
      expect([refused.status, refused.headers.get('x-evident-position'), waits()]).toEqual([401, null, []]);
      expect(gateway.services.askedOf(changeUser)).toEqual([]);
    });
  });

  it.each(['ö', 'p'.repeat(257), 'two words'])(
    'that no server has printed ("%s") is answered 400',
    async (position) => {
      expect(await read(position)).toMatchObject({
        status: 400,
        json: { detail: 'X-Evident-Min-Position is not a position' },
      });
    },
  );
});
