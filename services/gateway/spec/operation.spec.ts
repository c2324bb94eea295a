import {
  getJwks,
  getReadiness,
  getRevocations,
  getStatus,
  removeUser,
  succeed,
  verifyCredentials,
} from '@evident/contracts';
import { afterEach, describe, expect, it } from 'vitest';
import type { OpenApiDocument } from '../src/openapi/openapi-document.ts';
import { type RunningGateway, type StartOptions, startGateway } from './start-gateway.fixture.ts';

let gateway: RunningGateway | undefined;
afterEach(() => gateway?.close());

async function started(options: StartOptions = {}): Promise<RunningGateway> {
  gateway = await startGateway(options);
  return gateway;
}

const projection = { version: 1, position: null, lagEvents: 0, lagMs: 0, state: 'running' };

describe('/ready', () => {
  it('is 200 while all three services answer', async () => {
    const { call } = await started();
    expect(await call('GET', '/ready', { anonymous: true })).toMatchObject({
      status: 200,
      json: { status: 'ok', reasons: [] },
    });
  });

  it('is 503 with each reason', async () => {
    const { call, services } = await started();
    services.silence(getReadiness);
    services.fail(getJwks, 'deadline.passed');
    services.answer(getStatus, () => succeed({ caughtUp: false, projections: [] }));
    const { status, json } = await call('GET', '/ready', { anonymous: true });
    expect({ status, json }).toEqual({
      status: 503,
      json: {
        status: 'down',
        reasons: [
          'auth-command: answers service.unavailable',
          'token-issuer: does not answer',
          'identity-projection: has not yet reached where the log stood when it started',
        ],
      },
    });
  });

  it('is 503 while nothing can be written', async () => {
    const { call, services } = await started();
    services.answer(getReadiness, () => succeed({ down: 'its disk is full' }));
    const { status, json } = await call('GET', '/ready', { anonymous: true });
    expect({ status, json }).toEqual({
      status: 503,
      json: { status: 'down', reasons: ['auth-command: its disk is full'] },
    });
  });

  it('is 200 and degraded while an event is parked', async () => {
    const { call, services } = await started();
    services.answer(getStatus, () =>
      succeed({ caughtUp: true, projections: [{ ...projection, name: 'users', parked: 2 }] }),
    );
    expect(await call('GET', '/ready')).toMatchObject({
      status: 200,
      json: { status: 'degraded', reasons: ['identity-projection: an operator has to look at users'] },
    });
  });

  it('is 503 while no token can be accepted, and says so of clocks that do not agree', async () => {
    let clock = Date.now();
    const { call, services } = await started({ now: () => clock });
    const read = (asOf: () => number) =>
      services.answer(getRevocations, () =>
        succeed({ publisher: 'slow', sequence: 0, snapshot: true, changes: [], asOf: asOf() }),
      );
    const reasons = async () => {
      clock += 800;
      const { status, json } = await call('GET', '/ready', { anonymous: true });
      return { status, reasons: (json as { reasons: string[] }).reasons };
    };
    read(() => clock - 90_000);
    expect(await reasons()).toEqual({
      status: 503,
      reasons: ['tokens: none is accepted, since the clock of identity-projection is 90 s behind this one'],
    });
    services.fail(getRevocations, 'read.not-yet');
    expect(await reasons()).toEqual({
      status: 503,
      reasons: ['tokens: none is accepted, since nobody says which have ended (read.not-yet)'],
    });
    read(() => clock);
    expect(await reasons()).toEqual({ status: 200, reasons: [] });
  });

  it('asks the services once for a burst of questions', async () => {
    let clock = Date.now();
    const { call, services } = await started({ now: () => clock });
    services.asked.length = 0;
    await Promise.all(Array.from({ length: 20 }, () => call('GET', '/ready', { anonymous: true })));
    expect(services.askedOf(getStatus)).toHaveLength(1);
    clock += 250;
    await call('GET', '/ready', { anonymous: true });
    expect(services.askedOf(getStatus)).toHaveLength(2);
  });
});

describe('a gateway at its limit', () => {
  it('answers 503 at once, and /health all the same', async () => {
    const { call, services } = await started({ maxInFlight: 2 });
    const { promise, resolve } = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    services.answer(verifyCredentials, async () => {
      if (services.askedOf(verifyCredentials).length === 2) begun.resolve();
      await promise;
      return succeed({ authorized: false, refusal: 'inactive' });
    });
    const json = { username: 'a', password: 'b', api_key: 'c' };
    const held = [call('POST', '/verify', { json }), call('POST', '/verify', { json })];
    await begun.promise;
    const shed = await call('POST', '/verify', { json });
    expect(shed).toMatchObject({ status: 503, json: { detail: 'Service temporarily unavailable' } });
    expect(shed.headers.get('retry-after')).toBe('1');
    expect((await call('GET', '/health')).status).toBe(200);
    resolve();
    expect((await Promise.all(held)).map(({ status }) => status)).toEqual([200, 200]);
    expect((await call('POST', '/verify', { json })).status).toBe(200);
  });
});

describe('a connection', () => {
  it('is bounded in time, in headers and in number', async () => {
    const { app } = await started();
    expect(app.getHttpServer()).toMatchObject({
      headersTimeout: 10_000,
      requestTimeout: 20_000,
      keepAliveTimeout: 75_000,
      timeout: 120_000,
      maxHeadersCount: 100,
      maxConnections: 8_192,
    });
  });
});

describe('/metrics', () => {
  it('counts by route pattern, status and refusal, never by what a caller chose', async () => {
    const { call } = await started();
    await call('GET', '/users/12345', { anonymous: true });
    await call('GET', '/some/secret/path');
    await call('BREW', '/nope').catch(() => undefined);
    const { text, headers } = await call('GET', '/metrics', { anonymous: true });
    expect(headers.get('content-type')).toMatch(/^text\/plain/);
    expect(text).toMatch(/evident_http_requests_total\{method="GET",route="\/users\/\{user_id\}",status="401",/);
    expect(text).toMatch(/evident_http_requests_total\{method="GET",route="unknown",status="404",/);
    expect(text).toMatch(/evident_refusals_total\{code="caller\.not-authenticated",.*\} 1/);
    expect(text).not.toMatch(/12345|secret/);
  });

  it('counts what a service refuses by its code, which the answer may not name', async () => {
    const { call, services } = await started();
    services.fail(removeUser, 'write.contended');
    expect((await call('DELETE', '/users/1')).status).toBe(503);
    const { text } = await call('GET', '/metrics', { anonymous: true });
    expect(text).toMatch(/evident_refusals_total\{code="write\.contended",.*\} 1/);
  });
});

describe('/.well-known/jwks.json', () => {
  it('publishes the keys and may be kept for an hour', async () => {
    const { call, tokens } = await started();
    const { status, json, headers } = await call('GET', '/.well-known/jwks.json', { anonymous: true });
    expect({ status, json }).toEqual({ status: 200, json: { keys: [tokens.jwk] } });
    expect(headers.get('cache-control')).toBe('public, max-age=3600');
  });

  it('publishes what it knew for an hour while the issuer is away, and is a problem (RFC 9457) after that', async () => {
    let clock = Date.now();
    const { call, services, tokens } = await started({ now: () => clock });
    services.silence(getJwks);
    const published = () => call('GET', '/.well-known/jwks.json', { anonymous: true });
    clock += 3_599_000;
    expect(await published()).toMatchObject({ status: 200, json: { keys: [tokens.jwk] } });
    clock += 1_000;
    const { status, json, headers } = await published();
    expect({ status, json }).toMatchObject({ status: 503, json: { code: 'service.unavailable' } });
    expect(headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(headers.get('cache-control')).toBe('no-store');
  });
});

describe('Cross-origin requests', () => {
  const origin = 'https://console.example.com';
  const preflight = {
    anonymous: true,
    headers: { origin, 'access-control-request-method': 'PUT', 'access-control-request-headers': 'authorization' },
  };

  it('are not answered for by default', async () => {
    const { call } = await started();
    const { headers } = await call('OPTIONS', '/users/5', preflight);
    expect(headers.get('access-control-allow-origin')).toBeNull();
  });

  it('are answered for to the origins that are named, and to no other', async () => {
    const { call } = await started({ env: { CORS_ORIGINS: origin } });
    const allowed = await call('OPTIONS', '/users/5', preflight);
    expect([allowed.status, allowed.headers.get('content-length')]).toEqual([204, null]);
    expect(allowed.headers.get('access-control-allow-origin')).toBe(origin);
    expect(allowed.headers.get('access-control-allow-methods')).toContain('PUT');
    expect(allowed.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    expect(allowed.headers.get('x-content-type-options')).toBe('nosniff');
    const simple = await call('GET', '/health', { headers: { origin } });
    expect(simple.headers.get('access-control-allow-origin')).toBe(origin);
    const exposed = simple.headers.get('access-control-expose-headers')?.split(', ');
    expect(exposed).toEqual(['location', 'retry-after', 'x-evident-position', 'x-request-id', 'x-total-count']);
    const other = await call('GET', '/health', { headers: { origin: 'https://evil.example' } });
    expect(other.headers.get('access-control-allow-origin')).not.toBe('https://evil.example');
    expect(other.headers.get('access-control-allow-credentials')).toBeNull();
  });

  it('may send every header that the interface reads, wherever it is described', async () => {
    const { call } = await started({ env: { CORS_ORIGINS: origin } });
    const document = (await call('GET', '/openapi.json')).json as OpenApiDocument;
    const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods));
    const parameters = operations.flatMap(({ parameters = [] }) => parameters.filter((one) => one.in === 'header'));
    const schemes = Object.values(document.components.securitySchemes) as { in?: string; name?: string }[];
    const described = [...parameters, ...schemes.filter((one) => one.in === 'header')].map(({ name = '' }) => name);
    const read = [...described, 'Authorization', 'Content-Type', 'Last-Event-ID', 'Traceparent', 'X-Request-Id'];
    const { headers } = await call('OPTIONS', '/users/5', preflight);
    const allowed = headers.get('access-control-allow-headers')?.split(', ') ?? [];
    expect([...new Set(read.map((name) => name.toLowerCase()))].toSorted()).toEqual(allowed.toSorted());
  });

  it('leave an OPTIONS that is no preflight what it is without them', async () => {
    const { call } = await started({ env: { CORS_ORIGINS: origin } });
    for (const headers of [{}, { origin }]) {
      const known = await call('OPTIONS', '/users/5', { anonymous: true, headers });
      expect([known.status, known.headers.get('allow')]).toEqual([204, 'DELETE, GET, HEAD, OPTIONS, PUT']);
      expect(known.headers.get('x-content-type-options')).toBe('nosniff');
      const unknown = await call('OPTIONS', '/nope', { anonymous: true, headers });
      expect(unknown).toMatchObject({ status: 404, json: { detail: 'Not Found' } });
    }
  });
});
