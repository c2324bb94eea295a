import type { FastifyRequest } from 'fastify';
import { describe, expect, it } from 'vitest';
import { ClientFacts } from '../src/http/client-facts.ts';

function facts(headers: Readonly<Record<string, string>>, remoteAddress = '127.0.0.1') {
  const request = { headers, socket: { remoteAddress } } as unknown as FastifyRequest;
  return new ClientFacts(request, 'http://localhost:8000');
}
const host = 'localhost:8000';

describe('a request is from this machine', () => {
  it.each([
    ['by curl', { host }, '127.0.0.1'],
    ['over IPv6', { host: '[::1]:8000' }, '::1'],
    ['on a socket for both', { host: '127.0.0.1:8000' }, '::ffff:127.0.0.1'],
    [
      'by a page of this server',
      { host, origin: 'http://localhost:8000', 'sec-fetch-site': 'same-origin' },
      '127.0.0.1',
    ],
    ['by an address that was typed', { host, 'sec-fetch-site': 'none' }, '127.0.0.1'],
  ])('%s', (_how, headers, address) => {
    expect(facts(headers, address).fromThisMachine).toBe(true);
  });

  it.each([
    ['from another machine', { host }, '10.0.0.7'],
    ['by a name that leads here', { host: 'evil.example' }, '127.0.0.1'],
    ['by a name that begins like an address', { host: '127.0.0.1.evil.example' }, '127.0.0.1'],
    ['without a host', {}, '127.0.0.1'],
    ['by a page of another site', { host, 'sec-fetch-site': 'cross-site' }, '127.0.0.1'],
    ['by a page of another port', { host, 'sec-fetch-site': 'same-site' }, '127.0.0.1'],
    ['by a page of another origin', { host, origin: 'http://localhost:3000' }, '127.0.0.1'],
    ['by a page without an origin', { host, origin: 'null' }, '127.0.0.1'],
    ['through a proxy', { host, 'x-forwarded-for': '127.0.0.1' }, '127.0.0.1'],
    ['through a proxy that names the host', { host, 'x-forwarded-host': host }, '127.0.0.1'],
    ['through a proxy that ends TLS', { host, 'x-forwarded-proto': 'https' }, '127.0.0.1'],
    ['through a proxy of another custom', { host, 'x-real-ip': '127.0.0.1' }, '127.0.0.1'],
    ['through a proxy by the standard', { host, forwarded: 'for=127.0.0.1' }, '127.0.0.1'],
    ['through a proxy that only names itself', { host, via: '1.1 proxy' }, '127.0.0.1'],
  ])('but not %s', (_how, headers, address) => {
    expect(facts(headers, address).fromThisMachine).toBe(false);
  });
});

describe('a cookie', () => {
  const cookie = 'usso-refresh-token=r; empty=';

  it('counts for a page of this server, and for nobody else', () => {
    expect(facts({ cookie, 'sec-fetch-site': 'same-origin' }).cookie('usso-refresh-token')).toEqual({
      ok: true,
      value: 'r',
    });
    expect(facts({ cookie, origin: 'http://localhost:3000' }).cookie('usso-refresh-token')).toEqual({
      ok: false,
      error: { code: 'caller.foreign-origin' },
    });
  });

  it('that is not there or empty is nobody’s fault', () => {
    expect(facts({ cookie }).cookie('other')).toEqual({ ok: true, value: undefined });
    expect(facts({ cookie }).cookie('empty')).toEqual({ ok: true, value: undefined });
    expect(facts({}).cookie('usso-refresh-token')).toEqual({ ok: true, value: undefined });
  });
});
