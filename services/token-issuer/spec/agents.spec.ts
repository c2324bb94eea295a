import { generateKeyPairSync, hash, randomUUID, sign } from 'node:crypto';
import type { Reply, RequestContext } from '@evident/contracts';
import { streams } from '@evident/domain';
import { AccessOnLog, type AddedAgent, MachinesOnLog } from '@evident/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { IssuerOnLog } from './issuer.fixture.ts';

const on = new IssuerOnLog({ allowedAudiences: ['reports'], audience: 'your-app' });
let machines: MachinesOnLog;
let agent: AddedAgent;

beforeAll(async () => {
  await on.open();
  machines = new MachinesOnLog(on.temporary.log, on.clock);
  agent = await machines.addAgent(['read:sso/user', 'update:sso/role']);
});
afterAll(() => on.remove());

type Claims = Readonly<Record<string, unknown>>;
const encoded = (part: unknown) => Buffer.from(JSON.stringify(part)).toString('base64url');
const seconds = () => Math.floor(on.clock() / 1_000);

/** A statement as the published Python client makes one; what is given takes the place of it, undefined leaves it away. */
function statement(
  claims: Claims = {},
  header: Claims = {},
  { privateKey, keyId }: Pick<AddedAgent, 'privateKey' | 'keyId'> = agent,
): string {
  const head = { alg: 'ED25519', typ: 'JWT', kid: keyId, ...header };
  const times = { exp: seconds() + 300, nbf: seconds(), iat: seconds() };
  const body = { scopes: [], aud: 'sso', ...times, jti: randomUUID(), tenant_id: null, ...claims };
  const signed = `${encoded(head)}.${encoded(body)}`;
  return `${signed}.${sign(null, Buffer.from(signed), privateKey).toString('base64url')}`;
}

const authenticate = async (assertion: string, context?: RequestContext) =>
  on.issuer.authenticateAgent({ assertion }, context ?? on.context());
const learn = async (assertion: string, context?: RequestContext) =>
  on.issuer.learnAgentScopes({ assertion }, context ?? on.context());
const codeOf = (reply: Reply<unknown>) => (reply.ok ? 'ok' : reply.error.code);
function valueIn<Value>(reply: Reply<Value>): Value {
  if (!reply.ok) throw new Error(`refused: ${JSON.stringify(reply.error)}`);
  return reply.value;
}
const claimsIn = (token: string) => JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());

describe('the statement of an agent', () => {
  it('becomes an access token without a session, with what the agent holds', async () => {
    const { accessToken, ...value } = valueIn(await authenticate(statement()));
    const held = ['read:sso/user', 'update:sso/role'];
    expect(value).toEqual({ agentId: agent.uid, name: 'Robot', scopes: held, expiresIn: 3_600 });
    expect(claimsIn(accessToken)).toEqual({
      iss: on.temporary.config.publicUrl,
      aud: 'your-app',
      sub: `service:${agent.uid}`,
      sub_type: 'agent',
      jti: expect.stringMatching(/^[0-9a-f-]{36}$/),
      token_type: 'access',
      iat: seconds(),
      nbf: seconds(),
      exp: seconds() + 3_600,
      gen: 1,
      tenant_id: 'main',
      workspace_id: null,
      roles: [],
      scopes: held,
      amr: ['swk'],
      acr: 'usso:acr:1',
    });
    expect(codeOf(await on.issuer.verifyToken({ token: accessToken }, on.context()))).toBe('ok');
  });

  it('becomes a token that names the workspace of the agent while that is active', async () => {
    const access = new AccessOnLog(on.temporary.log, on.clock);
    const { uid: workspaceId } = await access.addWorkspace();
    const inside = await machines.addAgent(['read:x'], { workspaceId });
    const named = async () => claimsIn(valueIn(await authenticate(statement({}, {}, inside))).accessToken).workspace_id;
    expect(await named()).toBe(workspaceId);
    await access.changeWorkspace(workspaceId, { isActive: false });
    expect(await named()).toBeNull();
    await access.changeWorkspace(workspaceId, { isActive: true });
    expect(await named()).toBe(workspaceId);
    await access.removeWorkspace(workspaceId);
    expect(await named()).toBeNull();
  });

  it('is taken however the client spells the algorithm, and by either way to name the agent', async () => {
    const iss = `service:${agent.uid}`;
    for (const alg of ['EdDSA', 'Ed25519', 'ED25519'])
      expect(codeOf(await authenticate(statement({}, { alg })))).toBe('ok');
    const ways: [Claims, Claims][] = [
      [{ iss }, { kid: undefined }],
      [{ iss: agent.uid }, { kid: undefined, typ: undefined }],
      [{ iss }, {}],
      [{ tenant_id: 'main' }, {}],
    ];
    for (const [claims, header] of ways) expect(codeOf(await authenticate(statement(claims, header)))).toBe('ok');
  });

  it.each<[string, () => Claims]>([
    ['of the longest jti', () => ({ jti: randomUUID().padEnd(256, '0') })],
    ['that has just ended', () => ({ exp: seconds() - 4 })],
    ['that counts for an hour by a clock that is ahead', () => ({ exp: seconds() + 3_605 })],
    ['made by a clock that is ahead', () => ({ nbf: seconds() + 60, iat: seconds() + 60 })],
    ['that says when it was made and no more', () => ({ nbf: undefined })],
    ['that names nobody', () => ({ iss: null, aud: null, scopes: null })],
  ])('%s is taken', async (_which, made) => {
    expect(codeOf(await authenticate(statement(made())))).toBe('ok');
  });

  it('gets a token for less, or for another app of the tenant, where it asks for that', async () => {
    const asked = statement({ scopes: ['read:sso/role', 'read:sso/role'], aud: 'reports' });
    const { accessToken, scopes } = valueIn(await authenticate(asked));
    expect(scopes).toEqual(['read:sso/role']);
    expect(claimsIn(accessToken)).toMatchObject({ aud: 'reports', scopes: ['read:sso/role'] });
    for (const aud of ['sso', 'your-app', on.temporary.config.publicUrl, undefined]) {
      expect(claimsIn(valueIn(await authenticate(statement({ aud }))).accessToken).aud).toBe('your-app');
    }
  });

  it('that asks for more than the agent holds, or for an audience that is not ours, says which', async () => {
    expect(await authenticate(statement({ scopes: ['read:sso/user', 'delete:sso/user'] }))).toMatchObject({
      error: { code: 'caller.not-permitted', details: { missing: 'delete:sso/user' } },
    });
    expect(await authenticate(statement({ aud: 'https://elsewhere.example.com' }))).toMatchObject({
      error: {
        code: 'request.invalid',
        details: { field: 'aud', reason: 'should be sso, PUBLIC_URL, TOKEN_AUDIENCE or one of ALLOWED_AUDIENCES' },
      },
    });
  });

  it('that asks for more than a token can carry is refused, and one that asks for all that it can carry is accepted', async () => {
    const many = (length: number) =>
      Array.from({ length: 100 }, (_, nth) => `read:sso/user?uid=${String(nth).padStart(length, '0')}`);
    expect(await authenticate(statement({ scopes: many(60) }))).toMatchObject({
      error: { code: 'request.invalid', details: { field: 'scopes', reason: expect.stringContaining('room for') } },
    });
    const { accessToken } = valueIn(await authenticate(statement({ scopes: many(18) })));
    expect(accessToken.length).toBeGreaterThan(5_000);
    expect(codeOf(await on.issuer.verifyToken({ token: accessToken }, on.context()))).toBe('ok');
  });

  it('tells the agent what it holds, in which tenant', async () => {
    expect(valueIn(await learn(statement()))).toEqual({
      agentId: agent.uid,
      tenantId: 'main',
      scopes: ['read:sso/user', 'update:sso/role'],
    });
  });
});

describe('a jti', () => {
  it('counts once, for whichever of the two it is used', async () => {
    const [one, other] = [statement(), statement()];
    expect([codeOf(await authenticate(one)), codeOf(await authenticate(one)), codeOf(await learn(one))]).toEqual([
      'ok',
      'caller.bad-credential',
      'caller.bad-credential',
    ]);
    expect([codeOf(await learn(other)), codeOf(await authenticate(other))]).toEqual(['ok', 'caller.bad-credential']);
  });

  it('counts once among a hundred that come together', async () => {
    const assertion = statement();
    const replies = await Promise.all(Array.from({ length: 100 }, () => authenticate(assertion)));
    expect(replies.filter(({ ok }) => ok)).toHaveLength(1);
  });

  it('counts once at two issuers that are shown it together', async () => {
    const temporary = await on.temporary.reopen();
    const other = await on.another(temporary);
    const assertion = statement();
    const tries = Array.from({ length: 20 }, (_, turn) =>
      turn % 2 === 0 ? authenticate(assertion) : other.authenticateAgent({ assertion }, on.context()),
    );
    const replies = await Promise.all(tries);
    expect(replies.filter(({ ok }) => ok)).toHaveLength(1);
    await temporary.close();
  });

  it('counts once in another statement too, also after a restart, and for another agent by itself', async () => {
    const jti = randomUUID();
    const other = await machines.addAgent([]);
    expect(codeOf(await authenticate(statement({ jti })))).toBe('ok');
    await on.restart();
    machines = new MachinesOnLog(on.temporary.log, on.clock);
    expect(codeOf(await authenticate(statement({ jti, aud: 'reports' })))).toBe('caller.bad-credential');
    expect(codeOf(await authenticate(statement({ jti }, {}, other)))).toBe('ok');
  });

  it('gets the same command the same token again', async () => {
    const [assertion, context] = [statement(), on.context()];
    const first = claimsIn(valueIn(await authenticate(assertion, context)).accessToken);
    on.clock.advance(1_500);
    expect(claimsIn(valueIn(await authenticate(assertion, context)).accessToken)).toEqual(first);
  });

  it('is on the log with who used it for what, and until when it would have counted', async () => {
    const [jti, exp] = [randomUUID(), seconds() + 299.5];
    valueIn(await authenticate(statement({ jti, exp, scopes: ['read:sso/user'] })));
    const all = await on.temporary.log.store.readAll(undefined, 10_000);
    const last = 'outcome' in all ? undefined : all.findLast(({ type }) => type === 'assertion.accepted');
    const said = { agentId: agent.uid, purpose: 'token', scopes: ['read:sso/user'], expiresAt: exp * 1_000 };
    expect(last?.data).toMatchObject(said);
    expect(last?.metadata.actor).toBe(`service:${agent.uid}`);
    expect(JSON.stringify(all)).not.toContain(jti);
  });
});

describe('a statement is refused', () => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const strangers = {
    privateKey: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
    keyId: hash('sha256', publicKey.export({ format: 'der', type: 'spki' }), 'hex'),
  };
  const verifyKey = publicKey.export({ format: 'pem', type: 'spki' }).toString();

  it.each<[string, () => string]>([
    ['without a jti', () => statement({ jti: undefined })],
    ['with an empty jti', () => statement({ jti: '' })],
    ['with a jti of more than 256 characters', () => statement({ jti: 'x'.repeat(257) })],
    ['that asks for more than 100 scopes', () => statement({ scopes: Array(101).fill('read:sso/user') })],
    ['without an end', () => statement({ exp: undefined })],
    ['that has ended', () => statement({ exp: seconds() - 5 })],
    ['that would count for more than an hour', () => statement({ exp: seconds() + 3_606 })],
    ['that has not begun', () => statement({ nbf: seconds() + 61 })],
    ['of the future', () => statement({ iat: seconds() + 61 })],
    ['of another tenant', () => statement({ tenant_id: 'other' })],
    ['by an agent that it does not name', () => statement({}, { kid: undefined })],
    ['that names a key that nobody has', () => statement({}, { kid: 'a'.repeat(64) })],
    ['that names its key otherwise', () => statement({}, { kid: agent.keyId.toUpperCase() })],
    ['that names another agent beside its key', () => statement({ iss: `service:${randomUUID()}` })],
    ['signed by another key under the same name', () => statement({}, { kid: agent.keyId }, strangers)],
    ['signed by the key of nobody', () => statement({}, {}, strangers)],
    ['with an extension', () => statement({}, { crit: ['b64'], b64: false })],
    ['of another type', () => statement({}, { typ: 'at+jwt' })],
    ['that is not signed', () => `${statement({}, { alg: 'none' }).split('.').slice(0, 2).join('.')}.`],
    ['that says it is not signed', () => statement({}, { alg: 'none' })],
    ['of a symmetric algorithm', () => statement({}, { alg: 'HS256' })],
    [
      'with claims of another one',
      () =>
        [
          ...statement()
            .split('.')
            .with(1, statement().split('.')[1] ?? ''),
        ].join('.'),
    ],
    ['that is an API key', () => 'usso_sk_abc'],
    ['that is nothing', () => ''],
  ])('%s', async (_rule, made) => {
    const text = made();
    expect([codeOf(await authenticate(text)), codeOf(await learn(text))]).toEqual([
      'caller.bad-credential',
      'caller.bad-credential',
    ]);
  });

  it.each<[string, Claims]>([
    ['counts no longer, by the clock of this server (exp)', { exp: 1 }],
    ['counts only later, by the clock of this server (nbf, iat)', { nbf: 9e9, exp: 9e9 + 300 }],
    ['counts only later, by the clock of this server (nbf, iat)', { iat: 9e9 }],
    ['would count for more than an hour (exp)', { exp: 9e9 }],
    ['names another tenant (tenant_id)', { tenant_id: 'other' }],
  ])('with the reason that it %s, told to who signed it and to nobody else', async (reason, claims) => {
    const error = { code: 'caller.bad-credential', details: { reason: `The statement ${reason}.` } };
    for (const judge of [authenticate, learn]) expect(await judge(statement(claims))).toEqual({ ok: false, error });
    const forged = statement(claims, { kid: agent.keyId }, strangers);
    expect(await authenticate(forged)).toEqual({ ok: false, error: { code: 'caller.bad-credential' } });
  });

  it('with the reason that it was used before', async () => {
    const assertion = statement();
    valueIn(await authenticate(assertion));
    const reason = 'The statement was used before: each takes a new jti.';
    expect(await authenticate(assertion)).toMatchObject({ ok: false, error: { details: { reason } } });
  });

  it.each([
    ['was switched off', 'agent.deactivated', { generation: 2 }],
    ['was removed', 'agent.removed', { generation: 2 }],
    ['has another key now', 'agent.key-replaced', { verifyKey, keyId: strangers.keyId, generation: 2 }],
  ])('of an agent that %s, and its tokens have ended', async (_change, type, data) => {
    const other = await machines.addAgent([]);
    const { accessToken: token } = valueIn(await authenticate(statement({}, {}, other)));
    expect(codeOf(await on.issuer.verifyToken({ token }, on.context()))).toBe('ok');
    await machines.onAgent(other.uid, type, data);
    for (const header of [{}, { kid: undefined }]) {
      const made = statement({ iss: `service:${other.uid}` }, header, other);
      expect(codeOf(await authenticate(made))).toBe('caller.bad-credential');
    }
    expect(codeOf(await on.issuer.verifyToken({ token }, on.context()))).toBe('caller.bad-credential');
  });

  it('under the name of a key that the agent had before', async () => {
    const other = await machines.addAgent([]);
    await on.append(streams.agentKey('main', strangers.keyId), [
      { type: 'agentkey.claimed', data: { agentId: other.uid } },
    ]);
    await machines.onAgent(other.uid, 'agent.key-replaced', { verifyKey, keyId: strangers.keyId, generation: 2 });
    const named = async (kid: string) => codeOf(await authenticate(statement({}, { kid }, strangers)));
    expect([await named(strangers.keyId), await named(other.keyId)]).toEqual(['ok', 'caller.bad-credential']);
  });

  it('where its public key was given to another agent, as whom it says', async () => {
    const other = await machines.addAgent([]);
    const stream = streams.agentKey('main', other.keyId);
    await on.append(stream, [{ type: 'agentkey.claimed', data: { agentId: agent.uid } }]);
    expect(codeOf(await authenticate(statement({}, {}, other)))).toBe('caller.bad-credential');
  });
});
