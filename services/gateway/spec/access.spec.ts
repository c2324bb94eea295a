import { randomUUID } from 'node:crypto';
import { getJwks, getRevocations, getUser, succeed, verifyApiKey } from '@evident/contracts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { issuedTokens, issuer, userId } from './issued-tokens.fixture.ts';
import { jdoe } from './objects.fixture.ts';
import { type RunningGateway, startGateway } from './start-gateway.fixture.ts';

let gateway: RunningGateway;
let clock: number;

// One for each: what ended, which keys are known and how late it is must not come from the test before.
beforeEach(async () => {
  clock = Date.now();
  gateway = await startGateway({ now: () => clock });
  gateway.services.asked.length = 0;
  gateway.services.answer(getUser, () => succeed({ ...jdoe, apps: [] }));
});
afterEach(() => gateway.close());

const read = (authorization?: string) =>
  gateway.call('GET', '/users/5', { anonymous: true, headers: authorization === undefined ? {} : { authorization } });
const readWith = async (claims: Readonly<Record<string, unknown>>) =>
  read(`Bearer ${await gateway.tokens.issue(claims)}`);
const badCredential = { status: 401, json: { detail: 'Could not validate credentials' } };

describe('a protected route', () => {
  it('forwards the credential that it checked, for the service to check again', async () => {
    expect((await read(`Bearer ${gateway.token}`)).status).toBe(200);
    expect(gateway.services.askedOf(getUser)[0]?.context.credential).toBe(gateway.token);
  });

  it.each([undefined, 'Basic YTpi', 'Bearer', 'Bearer ', 'token', 'Bearer a b'])(
    'answers "%s", which holds no token, with 401 and a challenge',
    async (authorization) => {
      const answer = await read(authorization);
      expect(answer).toMatchObject({ status: 401, json: { detail: 'Not authenticated' } });
      expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="Evident"');
    },
  );

  it.each(['Bearer garbage', 'Bearer a.b.c', `bearer ${'a'.repeat(9_000)}`, 'BEARER eyJhbGciOiJub25lIn0.e30.'])(
    'answers a bad token with 401',
    async (authorization) => {
      const answer = await read(authorization);
      expect(answer).toMatchObject(badCredential);
      expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="Evident", error="invalid_token"');
      expect(gateway.services.askedOf(getUser)).toEqual([]);
    },
  );

  it.each([
    ['another issuer', { iss: 'https://elsewhere.example' }],
    ['another tenant', { tenant_id: 'other' }],
    ['a refresh token', { token_type: 'refresh' }],
    ['no session', { sid: undefined }],
    ['no generation', { gen: undefined }],
    ['another subject', { sub: 'agent:x' }],
    ['no expiry', { exp: undefined }],
    ['an expiry that has passed', { exp: Math.floor(Date.now() / 1_000) - 6 }],
    ['a time that has not come', { nbf: Math.floor(Date.now() / 1_000) + 60 }],
  ])('answers a token of %s with 401', async (_what, claims) => {
    expect(await readWith(claims)).toMatchObject(badCredential);
  });

  it('takes the audiences of its own routes, and answers a token for another app with 403', async () => {
    expect((await readWith({ aud: issuer })).status).toBe(200);
    expect(await readWith({ aud: 'another-app' })).toMatchObject({
      status: 403,
      json: { detail: 'Not enough permissions' },
    });
  });

  it('tolerates clocks that differ by five seconds', async () => {
    expect((await readWith({ exp: Math.floor(clock / 1_000) - 3 })).status).toBe(200);
  });

  it('answers a token of a key that nobody published with 401, and asks for the keys once a second at most', async () => {
    const foreign = await issuedTokens();
    gateway.services.asked.length = 0;
    for (let attempt = 0; attempt < 5; attempt += 1) {
      expect(await read(`Bearer ${await foreign.issue({ jti: randomUUID() })}`)).toMatchObject(badCredential);
    }
    expect(gateway.services.askedOf(getJwks).length).toBeLessThanOrEqual(1);
  });

  it.each(['ES256', 'RS256', 'EdDSA'] as const)('finds a key that was published after it started: %s', async (alg) => {
    const rotated = await issuedTokens(Date.now, alg);
    gateway.services.publishKeys(issuer, [gateway.tokens.jwk, rotated.jwk]);
    clock += 1_000;
    expect((await read(`Bearer ${await rotated.issue()}`)).status).toBe(200);
    expect((await read(`Bearer ${gateway.token}`)).status).toBe(200);
  });

  it('answers 503, not 401, where a key cannot be looked for', async () => {
    const rotated = await issuedTokens();
    gateway.services.silence(getJwks);
    clock += 1_000;
    const answer = await read(`Bearer ${await rotated.issue()}`);
    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).toBe('1');
    gateway.services.publishKeys(issuer, [gateway.tokens.jwk]);
  });

  it('asks an issuer that was away a moment ago before it refuses, once for all who wait', async () => {
    const rotated = await issuedTokens();
    const authorization = `Bearer ${await rotated.issue()}`;
    gateway.services.silence(getJwks);
    clock += 1_000;
    expect((await read(authorization)).status).toBe(503);
    gateway.services.publishKeys(issuer, [gateway.tokens.jwk, rotated.jwk]);
    gateway.services.asked.length = 0;
    const answers = await Promise.all(Array.from({ length: 8 }, () => read(authorization)));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    expect(gateway.services.askedOf(getJwks)).toHaveLength(1);
  });

  it('answers 503 where nobody can say which tokens have ended', async () => {
    gateway.services.fail(getRevocations, 'service.unavailable');
    clock += 751;
    const answer = await read(`Bearer ${gateway.token}`);
    expect(answer).toMatchObject({ status: 503, json: { detail: 'Service temporarily unavailable' } });
    expect(gateway.services.askedOf(getUser)).toEqual([]);
    gateway.services.restoreRevocations();
    expect((await read(`Bearer ${gateway.token}`)).status).toBe(200);
  });

  it('ends the tokens of an older generation, and a session that was revoked', async () => {
    const sid = randomUUID();
    const ofSession = `Bearer ${await gateway.tokens.issue({ sid, gen: 2 })}`;
    expect((await read(ofSession)).status).toBe(200);
    gateway.services.ended.push({ kind: 'user', userId, generation: 2 });
    clock += 751;
    expect(await read(`Bearer ${gateway.token}`)).toMatchObject(badCredential);
    expect((await read(ofSession)).status).toBe(200);
    gateway.services.ended.push({ kind: 'session', sessionId: sid, expiresAt: clock + 3_600_000 });
    clock += 751;
    expect(await read(ofSession)).toMatchObject(badCredential);
    expect((await readWith({ gen: 2 })).status).toBe(200);
  });

  it('ends the tokens of an agent by its own generation, and needs no session of it', async () => {
    const agentId = randomUUID();
    const ofAgent = (gen: number) => readWith({ sub: `service:${agentId}`, sid: undefined, gen });
    expect((await ofAgent(1)).status).toBe(200);
    gateway.services.ended.push({ kind: 'agent', agentId, generation: 2 });
    clock += 751;
    expect([(await ofAgent(1)).status, (await ofAgent(2)).status]).toEqual([401, 200]);
  });
});

describe('a credential that is no Bearer token', () => {
  const uid = '019a2f1e-7c1e-7b52-9a34-1c5e7d9b2f60';
  const key = `usso_sk_${Buffer.concat([Buffer.from(uid.replaceAll('-', ''), 'hex'), Buffer.alloc(32, 7)]).toString('base64url')}`;
  const ask = (headers: Readonly<Record<string, string>>) =>
    gateway.call('GET', '/users/5', { anonymous: true, headers });
  const forwarded = () => gateway.services.askedOf(getUser).at(-1)?.context.credential;

  it.each([
    ['x-api-key', { 'x-api-key': key }],
    ['Bearer', { authorization: `Bearer ${key}` }],
  ])('is an API key as %s: the services judge it', async (_how, headers) => {
    expect((await ask(headers)).status).toBe(200);
    expect(forwarded()).toBe(key);
  });

  it('that is a bad API key is 401 before anything that was sent is judged', async () => {
    gateway.services.fail(verifyApiKey, 'caller.bad-credential');
    const broken = { anonymous: true, json: { username: 5 }, headers: { 'x-api-key': key } };
    expect(await gateway.call('PUT', '/users/5', broken)).toMatchObject(badCredential);
    const good = {
      keyId: uid,
      holder: `user:${uid}`,
      scopes: [],
      roles: [],
      workspaceIds: [],
      issuedAt: 1,
      expiresAt: null,
    };
    gateway.services.answer(verifyApiKey, () => succeed(good));
    expect((await gateway.call('PUT', '/users/5', broken)).status).toBe(422);
  });

  it('is no API key by its looks, and goes no further', async () => {
    expect(await ask({ 'x-api-key': 'nonsense' })).toMatchObject(badCredential);
    expect(gateway.services.askedOf(getUser)).toEqual([]);
  });

  it('is a cookie, of a page of this server', async () => {
    const token = await gateway.tokens.issue({ gen: 2 });
    const cookie = `usso-access-token=${token}`;
    expect((await ask({ cookie, 'sec-fetch-site': 'same-origin' })).status).toBe(200);
    expect(forwarded()).toBe(token);
    expect((await ask({ cookie, origin: issuer })).status).toBe(200);
  });

  it('counts for nothing as a cookie of another site, on reads too', async () => {
    const cookie = `usso-access-token=${gateway.token}`;
    for (const from of [{ 'sec-fetch-site': 'cross-site' }, { origin: 'https://evil.example' }, {}]) {
      expect((await ask({ cookie, ...from })).status).toBe(403);
    }
    expect(gateway.services.askedOf(getUser)).toEqual([]);
  });
});

describe('401', () => {
  it('comes before the body is read, before ids and positions are looked at, and with HEAD', async () => {
    const wrong = [
      gateway.call('POST', '/users/', { anonymous: true, body: '{', headers: { 'content-type': 'application/json' } }),
      gateway.call('POST', '/users/', { anonymous: true, body: 'x'.repeat(100_000), headers: { 'content-type': 'a' } }),
      gateway.call('PUT', '/users/abc', { anonymous: true, json: { username: 5 } }),
      gateway.call('GET', '/users/?limit=0', { anonymous: true }),
      gateway.call('GET', '/users/5', { anonymous: true, headers: { 'x-evident-min-position': 'ö' } }),
      gateway.call('DELETE', '/apps/0', { anonymous: true, headers: { 'idempotency-key': 'k'.repeat(200) } }),
    ];
    expect((await Promise.all(wrong)).map(({ status }) => status)).toEqual([401, 401, 401, 401, 401, 401]);
  });
});
