import { createHmac, createPublicKey, generateKeyPairSync, type JsonWebKey, randomUUID, sign } from 'node:crypto';
import { generateSigningKey } from '@evident/crypto';
import { type Deployment, until } from '@evident/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Body, call } from '../e2e/http.ts';
import { createUser } from '../e2e/objects.ts';
import { type OpenedLog, openLogOf } from './opened-log.ts';
import { claimsOf, handmadeToken, type PlantedKey, plantKey } from './planted-key.ts';
import { exchange, rawRequest } from './raw-http.ts';

const badCredential = { status: 401, body: '{"detail":"Could not validate credentials"}' };
const notAuthenticated = { status: 401, body: '{"detail":"Not authenticated"}' };
const notEnough = { status: 403, body: '{"detail":"Not enough permissions"}' };
const hour = 3_600;

/** Which tokens are believed: those that this deployment signed, for us, now, of somebody who may. */
export function tokensSuite(evident: () => Deployment, token: () => string): void {
  const ask = async (authorization: string, target = '/users/') => {
    const { status, body } = await exchange(
      evident(),
      rawRequest('GET', target, { headers: [`Authorization: ${authorization}`] }),
    );
    return { status, body };
  };
  const bearing = (forged: string) => ask(`Bearer ${forged}`);

  describe('a token that nobody here signed is refused', () => {
    let claims: ReturnType<typeof claimsOf>;
    let published: JsonWebKey & { kid: string };

    beforeAll(async () => {
      claims = claimsOf(token());
      const { body } = await call(evident(), '/.well-known/jwks.json');
      const { kid } = JSON.parse(Buffer.from(token().split('.')[0] ?? '', 'base64url').toString());
      published = body.keys.find((key: Body) => key.kid === kid);
    });

    it('with algorithm none, however it is spelled', async () => {
      for (const alg of ['none', 'None', 'NONE', 'nOnE', '', null, undefined]) {
        for (const signature of ['', 'x']) {
          const forged = handmadeToken({ alg, typ: 'JWT', kid: published.kid }, claims, () => signature);
          expect([alg, await bearing(forged)]).toEqual([alg, badCredential]);
        }
      }
      expect(await bearing(token().split('.').slice(0, 2).join('.'))).toEqual(badCredential);
    });

    it('with HS256 and whatever is known of the public key as its secret', async () => {
      const key = createPublicKey({ key: published, format: 'jwk' });
      const secrets = [
        key.export({ format: 'pem', type: 'spki' }),
        key.export({ format: 'der', type: 'spki' }),
        JSON.stringify(published),
        Buffer.from(published.x ?? '', 'base64url'),
        '',
      ];
      for (const secret of secrets) {
        for (const [alg, digest] of [
          ['HS256', 'sha256'],
          ['HS512', 'sha512'],
          ['ES256', 'sha256'],
        ] as const) {
          const mac = (text: string) => createHmac(digest, secret).update(text).digest();
          expect(await bearing(handmadeToken({ alg, typ: 'JWT', kid: published.kid }, claims, mac))).toEqual(
            badCredential,
          );
        }
      }
    });

    it('with a key of the forger, named as one of ours, sent along, or to be fetched from elsewhere', async () => {
      const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const own = { ...publicKey.export({ format: 'jwk' }), kid: published.kid, alg: 'ES256', use: 'sig' };
      const ecdsa = (text: string) => sign('sha256', Buffer.from(text), { key: privateKey, dsaEncoding: 'ieee-p1363' });
      const headers = [
        {},
        { jwk: own },
        { jku: 'http://127.0.0.1:9/jwks.json' },
        { x5u: 'http://127.0.0.1:9/cert.pem' },
        { x5c: ['MIIB'] },
        { crit: ['exp'], exp: 1 },
        { b64: false, crit: ['b64'] },
        { typ: 'at+jwt' },
        { typ: 'JOSE' },
        { zip: 'DEF' },
      ];
      for (const more of headers) {
        const forged = handmadeToken({ alg: 'ES256', typ: 'JWT', kid: published.kid, ...more }, claims, ecdsa);
        expect([more, await bearing(forged)]).toEqual([more, badCredential]);
      }
    });

    it('with a key of another deployment that names the same issuer', async () => {
      const { kid } = await generateSigningKey('ES256', randomUUID());
      const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const ecdsa = (text: string) => sign('sha256', Buffer.from(text), { key: privateKey, dsaEncoding: 'ieee-p1363' });
      for (const name of [
        kid,
        '',
        '../../etc/passwd',
        "' OR 1=1 --",
        '__proto__',
        'constructor',
        7,
        null,
        { $ne: '' },
      ]) {
        const forged = handmadeToken({ alg: 'ES256', typ: 'JWT', kid: name }, claims, ecdsa);
        expect([name, await bearing(forged)]).toEqual([name, badCredential]);
      }
    });

    it('with its signature for other claims, or its parts spoilt', async () => {
      const [header = '', payload = '', signature = ''] = token().split('.');
      const other = Buffer.from(JSON.stringify({ ...claims, sub: `user:${randomUUID()}` })).toString('base64url');
      const spoilt = [
        `${header}.${other}.${signature}`,
        `${header}.${payload}.${Buffer.alloc(64).toString('base64url')}`,
        `${header}.${payload}.${signature}AAAA`,
        `${header}.${payload}.${signature.slice(0, 40)}`,
        `${header}.${payload}.`,
        `${header}..${signature}`,
        `.${payload}.${signature}`,
        `${header}.${payload}.${signature}.${signature}`,
        `${header}.${payload}.${signature}`.replace('.', '%2e'),
        '..',
        'x',
      ];
      for (const forged of spoilt) expect([forged, await bearing(forged)]).toEqual([forged, badCredential]);
    });

    it('that is oversized: 401 while the request can be read, 431 beyond', async () => {
      expect(await bearing(`${token()}${'A'.repeat(8_192)}`)).toEqual(badCredential);
      expect(await bearing(handmadeToken({ alg: 'ES256', kid: 'x'.repeat(5_000) }, claims, () => 'x'))).toEqual(
        badCredential,
      );
      expect((await bearing('A'.repeat(20_000))).status).toBe(431);
    });

    it('or that stands elsewhere than in the header of its scheme', async () => {
      for (const authorization of [
        '',
        'Bearer',
        'Bearer ',
        `Basic ${token()}`,
        `Token ${token()}`,
        token(),
        `Bearer ${token()} x`,
      ]) {
        expect([authorization, await ask(authorization)]).toEqual([authorization, notAuthenticated]);
      }
      const elsewhere = [
        rawRequest('GET', `/users/?access_token=${token()}&token=${token()}`),
        rawRequest('GET', '/users/', { headers: [`Cookie: access_token=${token()}; token=${token()}`] }),
        rawRequest('GET', '/users/', {
          headers: [`X-Authorization: Bearer ${token()}`, `Proxy-Authorization: Bearer ${token()}`],
        }),
        rawRequest('GET', '/users/', { headers: ['Authorization: Basic eA==', `Authorization: Bearer ${token()}`] }),
      ];
      for (const request of elsewhere) expect((await exchange(evident(), request)).status).toBe(401);
    });
  });

  describe('a token that is signed rightly, and accepted where its claims are those of a living session,', () => {
    let opened: OpenedLog;
    let planted: PlantedKey;
    let claims: ReturnType<typeof claimsOf>;
    let ordinary: { readonly uid: string };

    beforeAll(async () => {
      opened = await openLogOf(evident());
      planted = await plantKey(opened.log);
      claims = claimsOf(token());
      ordinary = (await createUser(evident(), token())).body;
      // Keys that nobody publishes were named a moment ago: the gateway looks for another one a second later.
      await until(async () => (await asked({})).status === 200 || undefined, { what: 'belief in the planted key' });
    });
    afterAll(() => opened?.close());

    const asked = async (more: object) => bearing(await planted.sign({ ...claims, ...more }));

    it.each<[string, () => object]>([
      ['of another issuer', () => ({ iss: 'https://evident.example' })],
      ['of no issuer', () => ({ iss: undefined })],
      ['of several issuers', () => ({ iss: [claims.iss] })],
      ['that has expired', () => ({ exp: claims.iat - 6 })],
      ['that never expires', () => ({ exp: undefined })],
      ['whose expiry is no number', () => ({ exp: '99999999999' })],
      ['that is of the future', () => ({ nbf: claims.iat + hour })],
      ['of another tenant', () => ({ tenant_id: 'other' })],
      ['of no tenant', () => ({ tenant_id: undefined })],
      ['that is no access token', () => ({ token_type: 'refresh' })],
      ['of a session that there never was', () => ({ sid: randomUUID() })],
      ['of another user’s session', () => ({ sub: `user:${ordinary.uid}` })],
      ['of nobody', () => ({ sub: `user:${randomUUID()}` })],
      ['of something that is no user', () => ({ sub: `app:${claims.sub.slice(5)}` })],
      ['of an older security generation', () => ({ gen: 0 })],
      ['of a later security generation', () => ({ gen: claims.gen + 1 })],
      ['without a generation', () => ({ gen: undefined })],
    ])('%s is refused', async (_what, more) => {
      expect(await asked(more())).toEqual(badCredential);
    });

    it.each<[string, () => object]>([
      ['for another app', () => ({ aud: 'another-app' })],
      ['for everybody', () => ({ aud: '*' })],
    ])('%s is no token for these routes', async (_what, more) => {
      expect(await asked(more())).toEqual(notEnough);
    });

    it('for several apps or for none is refused', async () => {
      for (const aud of [undefined, [], [claims.aud, 'another-app']]) {
        expect([401, 403]).toContain((await asked({ aud })).status);
      }
    });

    it('grants nothing by what it says of its bearer', async () => {
      const sub = `user:${ordinary.uid}`;
      const more = { sub, is_admin: true, isAdmin: true, scopes: ['*:*'], scope: '*:*', roles: ['admin'] };
      expect((await asked(more)).status).toBe(401);
    });
  });
}
