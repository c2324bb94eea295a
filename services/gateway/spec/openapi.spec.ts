import { getUser, listUsers, succeed, verifyCredentials } from '@evident/contracts';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { GatewayModule, nestOptions } from '../src/gateway.module.ts';
import type { OpenApiDocument } from '../src/openapi/openapi-document.ts';
import { gatewayByDefault } from './gateway-by-default.fixture.ts';
import { jdoe } from './objects.fixture.ts';
import { type RunningGateway, startGateway } from './start-gateway.fixture.ts';

let gateway: RunningGateway;
let document: OpenApiDocument;

beforeAll(async () => {
  gateway = await startGateway();
  document = (await gateway.call('GET', '/openapi.json')).json as OpenApiDocument;
});
afterAll(() => gateway.close());

const operations = () =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );

/** Every route that Fastify was given, as `GET /users/{user_id}`. */
async function registeredRoutes(): Promise<string[]> {
  const plain = gatewayByDefault();
  const adapter = GatewayModule.adapter(plain);
  const routes: string[] = [];
  adapter.getInstance().addHook('onRoute', ({ method, url }) => {
    const path = url.replace(/:(\w+)/g, '{$1}').replace(/(.)\/$/, '$1');
    for (const one of [method].flat()) if (one !== 'HEAD') routes.push(`${one} ${path}`);
  });
  const app = await NestFactory.create<NestFastifyApplication>(GatewayModule.register(plain), adapter, nestOptions);
  await app.init();
  await app.close();
  return routes.sort();
}

describe('/openapi.json', () => {
  it('names every route that is registered, and no other', async () => {
    const documented = operations().map(
      ({ path, method }) => `${method.toUpperCase()} ${path.replace(/(.)\/$/, '$1')}`,
    );
    expect(documented.sort()).toEqual(await registeredRoutes());
  });

  it('names each operation once, with tags that are listed', () => {
    const ids = operations().map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    const tags = new Set(document.tags.map(({ name }) => name));
    expect(operations().filter(({ operation }) => !operation.tags.every((tag) => tags.has(tag)))).toEqual([]);
  });

  it('has a parameter for each part of a path', () => {
    for (const { path, operation } of operations()) {
      const named = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
      const given = (operation.parameters ?? []).filter((one) => one.in === 'path').map(({ name }) => name);
      expect([path, given]).toEqual([path, named]);
    }
  });

  it('has an example of every id of the two published contracts', () => {
    for (const { path, operation } of operations()) {
      if (!/^\/(users|apps|api)\//.test(path)) continue;
      const ids = (operation.parameters ?? []).filter((one) => one.in === 'path');
      for (const { name, schema } of ids)
        expect([path, name, schema.examples]).toEqual([path, name, [expect.anything()]]);
    }
  });

  it('refers only to schemas that are there', () => {
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)];
    expect(references.length).toBeGreaterThan(10);
    for (const [, name = ''] of references) expect(document.components.schemas).toHaveProperty(name);
    expect(JSON.stringify(document)).not.toContain('$defs');
  });

  it('says which routes need a token, and what comes without one', () => {
    for (const { path, operation } of operations()) {
      const isProtected = operation.security.length > 0;
      expect([path, isProtected]).toEqual([path, operation['x-evident-rule'] !== 'public']);
      if (isProtected) expect(Object.keys(operation.responses)).toEqual(expect.arrayContaining(['401', '403', '503']));
    }
  });

  it('says that a write tells its position, and that its body may be too large though it needs none', () => {
    const guarded = operations().filter(({ method, operation }) => method !== 'get' && operation.security.length > 0);
    const writes = guarded.filter(({ operation }) => operation.operationId !== 'verifyProjection');
    for (const { path, method, operation } of writes) {
      const [done] = Object.entries(operation.responses).filter(([status]) => status.startsWith('2'));
      expect([method, path, Object.keys(done?.[1].headers ?? {})]).toEqual([
        method,
        path,
        expect.arrayContaining(['X-Evident-Position']),
      ]);
      expect([method, path, Object.keys(operation.responses)]).toEqual([method, path, expect.arrayContaining(['413'])]);
    }
    expect(writes.length).toBeGreaterThan(40);
  });

  it('says that the log comes as server-sent events too, and which header resumes them', () => {
    const { parameters = [], responses } = document.paths['/events']?.get ?? {};
    expect(Object.keys(responses?.['200']?.content ?? {})).toEqual(['application/json', 'text/event-stream']);
    expect(parameters.find(({ name }) => name === 'Last-Event-ID')).toMatchObject({ in: 'header', required: false });
  });

  it('says of a POST that only asks that it tells no position, and takes no key under which it would act once', () => {
    const { parameters = [], responses } = document.paths['/ops/projections/{name}/verify']?.post ?? {};
    expect(parameters.map(({ name }) => name)).toEqual(['name', 'X-Evident-Min-Position']);
    expect(responses?.['200']?.headers).toBeUndefined();
  });

  it('says of each protected route that it takes X-Evident-Min-Position, and what is answered to one that is none', () => {
    const guarded = operations().filter(({ operation }) => operation.security.length > 0);
    for (const { path, method, operation } of guarded) {
      const names = (operation.parameters ?? []).filter((one) => one.in === 'header').map(({ name }) => name);
      const notYet = Object.keys(operation.responses['503']?.headers ?? {});
      expect([method, path, names]).toEqual([method, path, expect.arrayContaining(['X-Evident-Min-Position'])]);
      expect([method, path, Object.keys(operation.responses), notYet]).toEqual([
        method,
        path,
        expect.arrayContaining(['400', '410']),
        expect.arrayContaining(['X-Evident-Position']),
      ]);
    }
    expect(guarded.length).toBeGreaterThan(80);
  });

  it.each([
    ['/token', '401', ['X-Evident-Position']],
    ['/token', '403', ['X-Evident-Position']],
    ['/api/sso/v1/auth/login', '200', ['Set-Cookie', 'X-Evident-Position']],
    ['/api/sso/v1/auth/login', '401', ['X-Evident-Position']],
    ['/api/sso/v1/auth/register', '201', ['Set-Cookie', 'X-Evident-Position']],
    ['/api/sso/v1/auth/refresh', '200', ['Set-Cookie', 'X-Evident-Position']],
    ['/api/sso/v1/auth/refresh', '401', ['X-Evident-Position']],
    ['/api/sso/v1/agents/auth', '200', ['X-Evident-Position']],
    ['/api/sso/v1/agents/auth', '403', ['WWW-Authenticate']],
    ['/api/sso/v1/agents/scopes', '200', ['X-Evident-Position']],
    ['/api/sso/v1/users', '409', ['Retry-After']],
    ['/api/sso/v1/auth/logout', '200', ['Set-Cookie', 'X-Evident-Position']],
    ['/api/sso/v1/auth/logout', '403', ['WWW-Authenticate']],
    ['/ops/webhooks', '201', ['Location', 'X-Evident-Position']],
  ])('names the headers of %s with %s', (path, status, headers) => {
    const answer = document.paths[path]?.post?.responses[status];
    expect(Object.keys(answer?.headers ?? {})).toEqual(expect.arrayContaining(headers));
  });

  it('says that the proof of an event may be asked for later', () => {
    const answer = document.paths['/audit/log/proof/{event_id}']?.get?.responses['404'];
    expect(Object.keys(answer?.headers ?? {})).toEqual(['Retry-After']);
  });

  it('says of each route that needs a scope that a 403 names it in the header too', () => {
    const scoped = operations().filter(({ operation }) => operation['x-evident-rule'].includes(':'));
    for (const { path, method, operation } of scoped)
      expect([method, path, Object.keys(operation.responses['403']?.headers ?? {})]).toEqual([
        method,
        path,
        ['WWW-Authenticate'],
      ]);
    expect(scoped.length).toBeGreaterThan(60);
  });

  it('says that the statement of an agent may be refused as input is', () => {
    const refused = document.paths['/api/sso/v1/agents/auth']?.post?.responses['422'];
    expect(refused?.content?.['application/json']?.schema).toEqual({ $ref: '#/components/schemas/SsoInvalidInput' });
  });

  it('tells of every 401 that it asks for a token, and of every 429 that it says how long to wait', () => {
    const told: unknown[] = [];
    for (const { path, method, operation } of operations()) {
      for (const [status, header] of [
        ['401', 'WWW-Authenticate'],
        ['429', 'Retry-After'],
      ] as const) {
        const answer = operation.responses[status];
        if (answer === undefined) continue;
        told.push(status);
        expect([method, path, status, Object.keys(answer.headers ?? {})]).toEqual([
          method,
          path,
          status,
          expect.arrayContaining([header]),
        ]);
      }
    }
    expect(told.length).toBeGreaterThan(100);
  });

  it('tells lengths, bounds and optional members as they are checked', () => {
    const verify = document.paths['/verify']?.post?.requestBody?.content['application/json']?.schema;
    expect(verify).toMatchObject({
      required: ['username', 'password', 'api_key'],
      properties: { username: { type: 'string', minLength: 1, maxLength: 320 }, password: { maxLength: 1024 } },
    });
    const parameters = document.paths['/users/']?.get?.parameters ?? [];
    expect(parameters.find(({ name }) => name === 'limit')).toMatchObject({
      in: 'query',
      required: false,
      schema: { type: 'integer', minimum: 1, maximum: 1000, default: 100 },
    });
    expect(parameters.map(({ name }) => name)).toEqual(['skip', 'limit', 'q', 'is_active', 'X-Evident-Min-Position']);
  });

  it('describes the answers that are given', async () => {
    gateway.services.answer(verifyCredentials, () => succeed({ authorized: true, user: jdoe }));
    gateway.services.answer(getUser, () => succeed({ ...jdoe, apps: [1] }));
    gateway.services.answer(listUsers, () => succeed({ users: [jdoe], total: 1 }));
    const credentials = { username: 'jdoe', password: 'p', api_key: 'k' };
    const cases = [
      ['post', '/verify', '/verify', { json: credentials }],
      ['post', '/verify', '/verify', { json: {} }],
      ['get', '/users/', '/users/', {}],
      ['get', '/users/{user_id}', '/users/5', {}],
      ['get', '/users/{user_id}', '/users/5', { anonymous: true }],
      ['get', '/users/{user_id}', '/users/x', {}],
      ['get', '/ready', '/ready', {}],
      ['get', '/.well-known/jwks.json', '/.well-known/jwks.json', {}],
    ] as const;
    for (const [method, pattern, path, options] of cases) {
      const { status, json } = await gateway.call(method.toUpperCase(), path, options);
      const { schema } = document.paths[pattern]?.[method]?.responses[status]?.content?.['application/json'] ?? {};
      const whole = { ...schema, components: document.components };
      const reader = z.fromJSONSchema(
        JSON.parse(
          JSON.stringify(whole)
            .replaceAll('#/components/schemas/', '#/$defs/')
            .replace('"components":{"schemas"', '"$defs"')
            .replace(/,"securitySchemes":.*$/, '}'),
        ),
      );
      expect([path, status, reader.safeParse(json).error?.message]).toEqual([path, status, undefined]);
    }
  });
});

describe('/docs', () => {
  it('shows every route and object on a page that loads nothing else', async () => {
    const { status, text, headers } = await gateway.call('GET', '/docs', { anonymous: true });
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'sha256-[\w+/=]+'/);
    for (const { path, operation } of operations()) {
      expect(text).toContain(`id="${operation.operationId}"`);
      expect(text).toContain(`<code>${path}</code>`);
    }
    for (const name of Object.keys(document.components.schemas)) expect(text).toContain(`id="${name}"`);
    expect(text).not.toContain('<td>anything');
    expect(text).not.toMatch(/<script|<img|<link|@import|url\(|javascript:/i);
  });

  it('is found from the root', async () => {
    expect((await gateway.call('GET', '/', { anonymous: true })).json).toMatchObject({ docs: '/docs' });
  });
});
