import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { TokenRefused } from './errors.ts';
import { createFakeIssuer } from './testing/index.ts';
import { createTokenVerifier, verifyToken } from './verify-token.ts';

const id = '7f000000-0000-4000-8000-000000000001';

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

  it('is checked by keys that are fetched once', async () => {
    const { publicKey, privateKey } = await generateKeyPair('ES256');
    const jwk = { ...(await exportJWK(publicKey)), kid: 'k1', alg: 'ES256', use: 'sig' };
    let fetched = 0;
    const server = createServer((_request, response) => {
      fetched += 1;
      response.end(JSON.stringify({ keys: [jwk] }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const token = await new SignJWT({ token_type: 'access', tenant_id: 'main' })
      .setProtectedHeader({ alg: 'ES256', kid: 'k1' })
      .setIssuer(url)
      .setAudience('shop')
      .setSubject(`service:${id}`)
      .setIssuedAt()
      .setExpirationTime('1h')
      .sign(privateKey);
    for (let time = 0; time < 3; time += 1) {
      expect(await verifyToken(token, { url, audience: 'shop' })).toMatchObject({ kind: 'service', id });
    }
    expect(fetched).toBe(1);
    server.close();
  });

  it('is neither valid nor invalid where no keys can be had', async () => {
    const verifier = createTokenVerifier({ url: 'http://127.0.0.1:9', audience: 'shop' });
    const { issue } = await createFakeIssuer();
    await expect(verifier.verify(await issue())).rejects.toBeInstanceOf(TokenRefused);
    await expect(verifier.verify(await issue())).rejects.toMatchObject({ code: 'unavailable' });
  });
});
