import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { TokenRefused } from './errors.ts';
import { createFakeIssuer } from './testing/index.ts';
import { createTokenVerifier, verifyToken } from './verify-token.ts';

const id = '7f000000-0000-4000-8000-000000000001';

/** What publishes one key, and signs with it. */
async function startIssuer() {
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  const jwk = { ...(await exportJWK(publicKey)), kid: 'k1', alg: 'ES256', use: 'sig' };
  const server = createServer((_request, response) => {
    started.asked += 1;
    response.statusCode = started.status;
    response.end(JSON.stringify(started.body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const started = {
    url,
    asked: 0,
    status: 200,
    body: { keys: [jwk] } as unknown,
    issue: () =>
      new SignJWT({ token_type: 'access', tenant_id: 'main' })
        .setProtectedHeader({ alg: 'ES256', kid: 'k1' })
        .setIssuer(url)
        .setAudience('shop')
        .setSubject(`service:${id}`)
        .setIssuedAt()
        .setExpirationTime('3h')
        .sign(privateKey),
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
  return started;
}

let issuer: Awaited<ReturnType<typeof startIssuer>>;
beforeEach(async () => {
  issuer = await startIssuer();
});
afterEach(() => {
  vi.useRealTimers();
  issuer.close();
});

describe('a token', () => {
  it('says who, for which tenant, with which roles and scopes', async () => {
    const { verifier, issue } = await createFakeIssuer();
    const token = await issue({ subject: `user:${id}`, roles: ['editor'], scopes: ['read:shop/order'] });
    expect(await verifier.verify(token)).toMatchObject({
      subject: `user:${id}`,
      id,
      kind: 'user',
      tenantId: 'main',
      workspaceId: undefined,
      roles: ['editor'],
      scopes: ['read:shop/order'],
    });
  });

  it('is refused where it has expired, is for another audience, of another issuer, or no token', async () => {
    const { verifier, issue } = await createFakeIssuer();
    const other = await createFakeIssuer();
    await expect(verifier.verify(await issue({ expiresIn: -60 }))).rejects.toMatchObject({ code: 'expired' });
    for (const token of [await issue({ audience: 'another' }), await other.issue(), 'nothing', 'a.b.c']) {
      await expect(verifier.verify(token)).rejects.toMatchObject({ name: 'TokenRefused', code: 'invalid' });
    }
  });

  it('says to whoever checks it what was expected of it', async () => {
    const token = await issuer.issue();
    const why = (options: object, checked = token) =>
      createTokenVerifier({ url: issuer.url, audience: 'shop', ...options })
        .verify(checked)
        .catch((error: unknown) => (error instanceof TokenRefused ? error.message : error));
    expect(await why({ issuer: 'http://localhost:8001' })).toBe(
      `the token does not count: its iss is "${issuer.url}", expected was "http://localhost:8001"`,
    );
    expect(await why({ audience: ['till', 'stock'] })).toBe(
      'the token does not count: its aud is "shop", expected was "till" or "stock"',
    );
    expect(await why({}, `${token.slice(0, -4)}AAAA`)).toBe('the token does not count: signature verification failed');
    expect(await why({}, `Bearer ${token}`)).toMatch(/^the token does not count: .*invalid$/);
  });

  it('is checked by keys that are fetched once', async () => {
    const { url, issue } = issuer;
    const token = await issue();
    for (let time = 0; time < 3; time += 1) {
      expect(await verifyToken(token, { url, audience: 'shop' })).toMatchObject({ kind: 'service', id });
    }
    expect(issuer.asked).toBe(1);
  });

  it('counts by the keys that are known while the issuer is away, for as long as they may be kept', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const verifier = createTokenVerifier({ url: issuer.url, audience: 'shop' });
    const token = await issuer.issue();
    await verifier.verify(token);
    issuer.status = 503;
    vi.setSystemTime(Date.now() + 59 * 60_000);
    expect(await verifier.verify(token)).toMatchObject({ id });
    vi.setSystemTime(Date.now() + 2 * 60_000);
    await expect(verifier.verify(token)).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('is checked by newer keys once those that are known are ten minutes old, and does not wait for them', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const verifier = createTokenVerifier({ url: issuer.url, audience: 'shop' });
    const token = await issuer.issue();
    await verifier.verify(token);
    issuer.body = { keys: [] };
    vi.setSystemTime(Date.now() + 11 * 60_000);
    expect(await verifier.verify(token)).toMatchObject({ id });
    const code = () =>
      verifier.verify(token).then(
        () => 'valid',
        (error: TokenRefused) => error.code,
      );
    await expect.poll(code).toBe('invalid');
    expect(issuer.asked).toBe(2);
  });

  it('is neither valid nor invalid where what answers is no key set', async () => {
    const verifier = createTokenVerifier({ url: issuer.url, audience: 'shop' });
    for (const body of [{ error: 'maintenance' }, 'maintenance', null]) {
      issuer.body = body;
      await expect(verifier.verify(await issuer.issue())).rejects.toMatchObject({ code: 'unavailable' });
    }
  });

  it('is neither valid nor invalid where no keys can be had', async () => {
    const verifier = createTokenVerifier({ url: 'http://127.0.0.1:9', audience: 'shop' });
    const { issue } = await createFakeIssuer();
    await expect(verifier.verify(await issue())).rejects.toBeInstanceOf(TokenRefused);
    await expect(verifier.verify(await issue())).rejects.toMatchObject({ code: 'unavailable' });
  });
});
