import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gatewayByDefault } from './gateway-by-default.fixture.ts';
import { type RunningGateway, startGateway } from './start-gateway.fixture.ts';

const { contracts } = gatewayByDefault();
const routes = contracts.flatMap(({ name, endpoints }) => endpoints.map((endpoint) => ({ contract: name, endpoint })));
const scope = /^(read|create|update|delete|manage):(sso|evident)\/[a-z]+$/;
const plural = /s$/;

let gateway: RunningGateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway.close());

describe('the route table', () => {
  it('has each route once, whichever contract it is of', () => {
    const all = routes.map(
      ({ endpoint: { method, path } }) => `${method} ${path.replace(/\{\w+\}/g, '{}').replace(/(.)\/$/, '$1')}`,
    );
    expect(all.filter((route, index) => all.indexOf(route) !== index)).toEqual([]);
  });

  it('has a rule for every route: anyone, oneself, or a scope', () => {
    for (const { endpoint } of routes) {
      const { method, path, rule } = endpoint;
      expect([method, path, rule]).toEqual([method, path, expect.stringMatching(/^(public|self)$|:/)]);
      if (rule.includes(':')) expect([method, path, rule]).toEqual([method, path, expect.stringMatching(scope)]);
    }
  });

  it('names resources of the two published contracts in the singular: a plural never matches one', () => {
    const named = routes.map(({ endpoint }) => endpoint.rule).filter((rule) => rule.includes(':sso/'));
    expect(named.filter((rule) => plural.test(rule))).toEqual([]);
  });

  it('asks for a credential exactly where the rule is not "public"', () => {
    for (const { endpoint } of routes) {
      const { method, path, rule, access } = endpoint;
      expect([method, path, access]).toEqual([method, path, rule === 'public' ? 'public' : 'bearer']);
    }
  });

  it('takes a token of another app only where one reads about oneself', () => {
    const open = routes.filter(({ endpoint }) => endpoint.anyApp === true);
    expect(open.filter(({ endpoint }) => endpoint.method !== 'GET' || endpoint.rule !== 'self')).toEqual([]);
  });

  it('lets no route that changes something need less than one that reads it', () => {
    for (const { endpoint } of routes) {
      const { method, path, rule } = endpoint;
      if (method !== 'GET' && rule.includes(':'))
        expect([method, path, rule]).not.toEqual([method, path, expect.stringMatching(/^read:/)]);
    }
  });
});

describe('every route with a rule', () => {
  it('answers 401 in the shape of its contract to whoever shows nothing, before it reads what was sent', async () => {
    for (const { contract, endpoint } of routes.filter(({ endpoint }) => endpoint.access === 'bearer')) {
      const { method, path } = endpoint;
      const broken = method === 'GET' ? {} : { body: '{', headers: { 'content-type': 'application/json' } };
      const { status, json } = await gateway.call(method, path.replace(/\{\w+\}/g, 'x'), {
        anonymous: true,
        ...broken,
      });
      expect([method, path, status]).toEqual([method, path, 401]);
      expect(json).toMatchObject(contract === 'USSO' ? { code: 'unauthorized' } : { detail: expect.any(String) });
    }
  });
});
