import { authenticate, getUser, succeed, verifyApiKey, verifyCredentials } from '@evident/contracts';
import type { FastifyRequest } from 'fastify';
import { afterEach, describe, expect, it } from 'vitest';
import { AddressLimiter } from '../src/limits/address-limiter.ts';
import { clientAddress, limitedNetwork } from '../src/limits/client-address.ts';
import { type RunningGateway, startGateway } from './start-gateway.fixture.ts';

const requestFrom = (ip: string, remoteAddress = '192.0.2.1') =>
  ({ ip, socket: { remoteAddress } }) as unknown as FastifyRequest;

describe('the address of a caller', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['2001:db8::1', '2001:db8::1'],
    ['fe80::1%eth0', 'fe80::1'],
    ['unknown', '192.0.2.1'],
    ['203.0.113.7:8080', '192.0.2.1'],
    ['<script>', '192.0.2.1'],
  ])('%s is %s', (ip, address) => {
    expect(clientAddress(requestFrom(ip))).toBe(address);
  });

  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
  ])('%s is counted as %s', (address, network) => {
    expect(limitedNetwork(address)).toBe(network);
  });
});

describe('the limit of an address', () => {
  it('refuses an address that used up its points, and no other, until the window is over', async () => {
    const limiter = new AddressLimiter({ points: 3, windowSeconds: 60 });
    for (let point = 0; point < 3; point += 1) await limiter.count('203.0.113.7', 1);
    expect([limiter.isQuiet, limiter.refusedFor('203.0.113.7')]).toEqual([true, 0]);
    await limiter.count('203.0.113.7', 1);
    expect(limiter.isQuiet).toBe(false);
    expect(limiter.refusedFor('203.0.113.7')).toBeGreaterThan(55);
    expect(limiter.refusedFor('203.0.113.8')).toBe(0);
  });

  it('forgets whom it counted longest ago when too many addresses come', async () => {
    const limiter = new AddressLimiter({ points: 1, windowSeconds: 60, addresses: 2 });
    for (const address of ['203.0.113.1', '203.0.113.1', '203.0.113.2', '203.0.113.3']) await limiter.count(address, 1);
    expect(limiter.refusedFor('203.0.113.1')).toBe(0);
  });
});

describe('floods', () => {
  let gateway: RunningGateway | undefined;
  afterEach(() => gateway?.close());
  const form = { 'content-type': 'application/x-www-form-urlencoded' };

  it('are refused by address, before any service is asked; /health and other addresses are served', async () => {
    gateway = await startGateway({ env: { RATE_LIMIT: 'on', TRUST_PROXY: '127.0.0.0/8' } });
    const { services, call, metrics } = gateway;
    services.fail(authenticate, 'signin.refused');
    const from = (address: string) => ({ ...form, 'x-forwarded-for': address });
    const attempt = () => call('POST', '/token', { body: 'username=a&password=b', headers: from('203.0.113.7') });
    for (let round = 0; round < 201; round += 1) expect((await attempt()).status).toBe(401);
    services.asked.length = 0;
    const refused = await attempt();
    expect(refused).toMatchObject({ status: 429, json: { detail: 'Too many attempts, try again later' } });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    const json = { username: 'a', password: 'b', api_key: 'c' };
    const verify = await call('POST', '/verify', { json, headers: { 'x-forwarded-for': '203.0.113.7' } });
    expect(verify).toMatchObject({ status: 429, json: { authorized: false } });
    expect(services.asked).toEqual([]);
    expect((await call('GET', '/health', { headers: from('203.0.113.7') })).status).toBe(200);
    const other = await call('POST', '/token', { body: 'username=a&password=b', headers: from('203.0.113.8') });
    expect(other.status).toBe(401);
    expect(await metrics.render()).toMatch(/evident_refusals_total\{code="request\.too-many-attempts"/);
  });

  it('of API keys that are none are refused too, though only the services can tell', async () => {
    gateway = await startGateway({ env: { RATE_LIMIT: 'on' } });
    const { services, call } = gateway;
    services.fail(getUser, 'caller.bad-credential');
    const headers = { 'x-api-key': `usso_sk_${'a'.repeat(64)}` };
    const statuses = new Set<number>();
    for (let round = 0; round < 30; round += 1) {
      const many = Array.from({ length: 40 }, () => call('GET', '/users/5', { anonymous: true, headers }));
      for (const { status } of await Promise.all(many)) statuses.add(status);
    }
    expect(statuses).toEqual(new Set([401, 429]));
  });

  it('are not seen in what a busy app does: wrong passwords, bad keys, malformed sign-ins', async () => {
    gateway = await startGateway({ env: { RATE_LIMIT: 'on' } });
    const { services, call } = gateway;
    services.answer(verifyCredentials, () => succeed({ authorized: false, refusal: 'invalid-key' }));
    const json = { username: 'a', password: 'b', api_key: 'c' };
    for (let round = 0; round < 30; round += 1) {
      const many = Array.from({ length: 40 }, (_, index) => call('POST', '/verify', { json: index % 2 ? json : {} }));
      expect(new Set((await Promise.all(many)).map(({ status }) => status))).toEqual(new Set([200, 422]));
    }
  });

  it('are not seen in the keys that an app relays', async () => {
    gateway = await startGateway({ env: { RATE_LIMIT: 'on' } });
    const { services, call } = gateway;
    services.fail(verifyApiKey, 'caller.bad-credential');
    for (let round = 0; round < 30; round += 1) {
      const ask = () => call('POST', '/api/sso/v1/apikeys/verify', { anonymous: true, json: { api_key: 'x' } });
      const answers = await Promise.all(Array.from({ length: 40 }, ask));
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401]));
    }
  });

  it('count the socket where no proxy is trusted, whatever a header claims', async () => {
    gateway = await startGateway();
    const json = { username: 'a', password: 'b', api_key: 'c' };
    await gateway.call('POST', '/verify', { json, headers: { 'x-forwarded-for': '203.0.113.7' } });
    expect(gateway.services.askedOf(verifyCredentials)[0]?.context.clientIp).toBe('127.0.0.1');
  });
});
