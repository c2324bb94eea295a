import { randomUUID } from 'node:crypto';
import { createTokenVerifier } from '@evident/crypto/verify';
import { type Deployment, freePort, startService, until } from '@evident/testing';
import { describe, expect, it } from 'vitest';
import { administered } from './administered.ts';
import { agentStatement } from './agent-statement.ts';
import { type Body, call } from './http.ts';
import { type Shape, withoutOtherGateways } from './shape.ts';
import { untilReady } from './until-ready.ts';

const base = '/api/sso/v1';
const wide = ['read:sso/user', 'read:sso/agent', 'create:sso/apikey', 'create:sso/agent'];

/** Agents and API keys of the USSO contract (api/usso.md) end to end, on whichever deployment. */
export function machinesSuite(shape: Shape): void {
  const reason = shape.missing === undefined ? '' : ` (skipped: ${shape.missing})`;
  const alone = withoutOtherGateways(shape);
  describe.skipIf(shape.missing !== undefined)(`agents and API keys on ${shape.name}${reason}`, () => {
    const stage = administered(shape);
    const admin = (path: string, options: Parameters<typeof call>[2] = {}) =>
      call(stage.evident, `${base}${path}`, { token: stage.token, ...options });
    const newAgent = async (scopes: readonly string[] = wide): Promise<Body> =>
      (await admin('/agents', { json: { name: 'Robot', description: 'For specs', scopes } })).body;
    const newKey = async (json: object): Promise<Body> => (await admin('/apikeys', { json })).body;
    const tokenOf = async (agent: Body, claims = {}): Promise<string> => {
      const answer = await exchange('auth', agentStatement(agent, claims));
      if (answer.status !== 200) throw new Error(`no token: ${JSON.stringify(answer.body)}`);
      return answer.body.tokens.access;
    };
    const exchange = (route: 'auth' | 'scopes', statement: string) =>
      call(stage.evident, `${base}/agents/${route}`, { method: 'POST', token: statement });
    const statusWith = async (credential: string, at: Pick<Deployment, 'url'> = stage.evident) =>
      (await call(at, `${base}/agents`, { token: credential })).status;

    describe('the steps of the walk-through', () => {
      it('make a service account, a key for it, and list users with the key in either header', async () => {
        const made = await admin('/agents', {
          json: { name: 'My Service Account', description: 'For API access', scopes: ['read:sso/user'] },
        });
        expect(made).toMatchObject({ status: 201, body: { id: expect.stringMatching(/^service:/), is_active: true } });
        const { id, private_key: privateKey } = made.body;
        expect(privateKey).toMatch(/^-----BEGIN PRIVATE KEY-----/);
        const shown = await admin(`/agents/${id}`);
        expect(shown).toMatchObject({ status: 200, body: { id, last_used_at: null } });
        expect(shown.body).not.toHaveProperty('private_key');
        const issued = await admin('/apikeys', { json: { agent_id: id, name: 'ci', expires_in_days: 365 } });
        expect(issued).toMatchObject({ status: 201, body: { agent_id: id, name: 'ci', all_scopes: true } });
        const { key } = issued.body;
        for (const headers of [{ authorization: `Bearer ${key}` }, { 'x-api-key': key }]) {
          expect((await call(stage.evident, '/users/', { headers })).status).toBe(200);
        }
        const refused = await call(stage.evident, `${base}/agents`, { headers: { 'x-api-key': key } });
        expect(refused).toMatchObject({ status: 403, body: { missing: 'read:sso/agent' } });
      });

      it('verify a key for a service that was shown it, without a credential', async () => {
        const agent = await newAgent(['read:sso/user']);
        const { id, key } = await newKey({ agent_id: agent.id, scopes: ['manage:sso/user'] });
        const verify = (text: string) => call(stage.evident, `${base}/apikeys/verify`, { json: { api_key: text } });
        expect(await verify(key)).toMatchObject({
          status: 200,
          body: { sub: agent.id, jti: id, scopes: ['read:sso/user'], roles: [], tenant_id: 'main' },
        });
        expect((await verify(`${key.slice(0, -1)}${key.endsWith('A') ? 'B' : 'A'}`)).status).toBe(401);
        expect((await verify('usso_sk_nothing')).status).toBe(401);
      });
    });

    describe('the statement of an agent', () => {
      it('becomes a token that any client checks with the published keys', async () => {
        const agent = await newAgent();
        const access = await tokenOf(agent);
        const { keys } = (await call(stage.evident, '/.well-known/jwks.json')).body;
        const issuer = stage.evident.url.replace('127.0.0.1', 'localhost');
        const verifier = createTokenVerifier({ issuer, keys: () => keys, clockToleranceSeconds: 5, now: Date.now });
        const verified = await verifier.verify(access);
        const claims = verified.outcome === 'valid' ? verified.claims : undefined;
        expect(claims).toMatchObject({ sub: agent.id, aud: 'your-app', scopes: wide, roles: [] });
        const own = () => call(stage.evident, `${base}/agents/${agent.uid}`, { token: access });
        expect(await own()).toMatchObject({ status: 200, body: { id: agent.id } });
        const used = await until(async () => (await own()).body.last_used_at ?? undefined, { what: 'its last use' });
        expect(Date.parse(used)).toBeGreaterThan(Date.now() - 60_000);
      });

      it('counts once, on either route, also after a restart', async () => {
        const agent = await newAgent();
        const [first, second] = [agentStatement(agent), agentStatement(agent)];
        expect(await exchange('scopes', first)).toMatchObject({
          status: 200,
          body: { scopes: wide, tenant_id: 'main' },
        });
        expect([(await exchange('auth', first)).status, (await exchange('scopes', first)).status]).toEqual([401, 401]);
        expect((await exchange('auth', second)).status).toBe(200);
        await stage.restart();
        await untilReady(stage.evident);
        expect([(await exchange('auth', second)).status, (await exchange('scopes', second)).status]).toEqual([
          401, 401,
        ]);
      });

      it('that asks for more is 403 and says for what; for less, gets less', async () => {
        const agent = await newAgent();
        const wider = await exchange('auth', agentStatement(agent, { scopes: ['delete:sso/user'] }));
        expect(wider).toMatchObject({ status: 403, body: { missing: 'delete:sso/user' } });
        const narrow = await tokenOf(agent, { scopes: ['read:sso/user'] });
        expect(await statusWith(narrow)).toBe(403);
        expect((await call(stage.evident, '/users/', { token: narrow })).status).toBe(200);
      });
    });

    describe('power handed on', () => {
      it('is never more than that of who hands it on, by key, by agent and over either header', async () => {
        const strong = await newAgent(['delete:sso/user']);
        const agent = await newAgent();
        const { key } = await newKey({ agent_id: agent.id });
        const headers = { 'x-api-key': key };
        const tries: readonly [string, object][] = [
          ['/apikeys', { scopes: ['delete:sso/user'] }],
          ['/apikeys', { agent_id: strong.id }],
          ['/agents', { name: 'Child', scopes: ['delete:sso/user'] }],
        ];
        for (const [path, json] of tries) {
          const answer = await call(stage.evident, `${base}${path}`, { headers, json });
          expect(answer).toMatchObject({ status: 403, body: { missing: 'delete:sso/user' } });
        }
        const child = await call(stage.evident, `${base}/agents`, {
          headers,
          json: { name: 'Child', scopes: [wide[0]] },
        });
        expect(child).toMatchObject({ status: 201, body: { user_id: agent.id } });
      });
    });

    describe('a request that is sent again with its Idempotency-Key', () => {
      it('shows the same secrets, and makes nothing twice', async () => {
        const headers = { 'idempotency-key': randomUUID() };
        const agents = [];
        for (let time = 0; time < 2; time++) {
          agents.push((await admin('/agents', { headers, json: { name: 'Once', scopes: [] } })).body);
        }
        expect(agents[1]).toEqual(agents[0]);
        const request = { headers, json: { agent_id: agents[0].id, name: 'once' } };
        const keys = [(await admin('/apikeys', request)).body, (await admin('/apikeys', request)).body];
        expect(keys[1]).toEqual(keys[0]);
        expect((await admin(`/apikeys?agent_id=${agents[0].id}`)).body).toMatchObject({ total: 1 });
      });
    });

    describe('strangers', () => {
      it('get 404 of keys that are not theirs, and see their own without a scope', async () => {
        const [mine, other] = [await newAgent([]), await newAgent([])];
        const own = await newKey({ agent_id: mine.id });
        const foreign = await newKey({ agent_id: other.id });
        const headers = { 'x-api-key': own.key };
        const ask = (path: string, method = 'GET') => call(stage.evident, `${base}${path}`, { headers, method });
        expect((await ask('/api-keys')).body).toMatchObject({ total: 1, items: [{ id: own.id }] });
        expect((await ask(`/apikeys/${own.id}`)).status).toBe(200);
        for (const id of [foreign.id, `key_${randomUUID()}`, 'nonsense']) {
          expect([(await ask(`/apikeys/${id}`)).status, (await ask(`/apikeys/${id}`, 'DELETE')).status]).toEqual([
            404, 404,
          ]);
        }
        expect(await ask(`/agents/${other.id}`)).toMatchObject({ status: 403, body: { missing: 'read:sso/agent' } });
        expect((await ask(`/apikeys/${own.id}`, 'DELETE')).status).toBe(200);
        expect((await ask('/api-keys')).status).toBe(401);
      });
    });

    describe('what has ended', () => {
      interface Ending {
        readonly end: (agent: Body, key: Body) => Promise<unknown>;
        /** What is answered to the token of the agent and to its key from then on. */
        readonly left: readonly [token: number, key: number];
      }
      const endings: Readonly<Record<string, Ending>> = {
        'a switched off agent': {
          end: ({ id }) => admin(`/agents/${id}`, { method: 'PATCH', json: { is_active: false } }),
          left: [401, 401],
        },
        'a removed agent': { end: ({ id }) => admin(`/agents/${id}`, { method: 'DELETE' }), left: [401, 401] },
        'a scope taken from an agent': {
          end: ({ id }) => admin(`/agents/${id}`, { method: 'PATCH', json: { scopes: ['read:sso/user'] } }),
          left: [401, 403],
        },
        'a revoked key': { end: (_, { id }) => admin(`/apikeys/${id}`, { method: 'DELETE' }), left: [200, 401] },
      };

      it.each(Object.entries(endings))('%s counts with the next request', async (_what, { end, left }) => {
        const agent = await newAgent();
        const key = await newKey({ agent_id: agent.id });
        const access = await tokenOf(agent);
        expect([await statusWith(access), await statusWith(key.key)]).toEqual([200, 200]);
        expect(await end(agent, key)).toMatchObject({ status: 200 });
        expect([await statusWith(access), await statusWith(key.key)]).toEqual(left);
      });

      it('gives no new token, and is shown no more where it was removed', async () => {
        for (const what of ['a switched off agent', 'a removed agent'] as const) {
          const agent = await newAgent();
          await endings[what]?.end(agent, {});
          expect([what, (await exchange('auth', agentStatement(agent))).status]).toEqual([what, 401]);
        }
        const key = await newKey({ agent_id: (await newAgent()).id });
        expect(await endings['a revoked key']?.end({}, key)).toMatchObject({ body: { is_deleted: true } });
        expect((await admin(`/apikeys/${key.id}`)).status).toBe(404);
      });

      it.skipIf(alone !== '')(`holds within a second at another gateway${alone}`, async () => {
        const port = await freePort();
        const other = { url: `http://127.0.0.1:${port}` };
        const gateway = await startService('gateway', {
          NATS_URL: shape.natsUrl ?? '',
          PORT: String(port),
          PUBLIC_URL: stage.evident.url.replace('127.0.0.1', 'localhost'),
          RATE_LIMIT: 'off',
        }).ready;
        for (const [what, { end, left }] of Object.entries(endings)) {
          const agent = await newAgent();
          const key = await newKey({ agent_id: agent.id });
          const access = await tokenOf(agent);
          expect([what, await statusWith(access, other), await statusWith(key.key, other)]).toEqual([what, 200, 200]);
          await end(agent, key);
          // A key is judged on the log each time; a token by the list that both gateways follow.
          expect([what, await statusWith(key.key, other)]).toEqual([what, left[1]]);
          const ended = { what: `the end of the token of ${what}`, withinMs: 1_000 };
          await until(async () => (await statusWith(access, other)) === left[0] || undefined, ended);
        }
        await gateway.stop();
      });
    });
  });
}
