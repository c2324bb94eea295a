import { randomUUID } from 'node:crypto';
import type { issueApiKey as contract, RequestContext, RequestOf } from '@evident/contracts';
import { streams } from '@evident/domain';
import { requestContext } from '@evident/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codeOf, type Fixture, openFixture, valueIn } from './fixture.ts';

let fixture: Fixture;
let agentId: string;

const wide = ['read:sso/user', 'update:sso/user', 'create:sso/apikey'];

beforeAll(async () => {
  fixture = await openFixture();
  agentId = await newAgent(wide);
});
afterAll(() => fixture.remove());

type Wanted = Partial<RequestOf<typeof contract>>;
const issue = (more: Wanted = {}, context = fixture.asAdmin()) =>
  fixture.service.issueApiKey({ name: 'ci', ...more }, context);
const withKey = (key: string) => requestContext({ credential: key });

async function newAgent(scopes: string[]): Promise<string> {
  return valueIn(await fixture.service.createAgent({ name: 'Robot', scopes }, fixture.asAdmin())).uid;
}

/** Requests through a key of an agent that holds these scopes. */
async function asAgent(scopes: string[]): Promise<() => RequestContext> {
  const { key } = valueIn(await issue({ agentId: await newAgent(scopes) }));
  return () => withKey(key);
}

describe('an API key', () => {
  it('is shown once, names its own stream, and is stored as a hash and a prefix', async () => {
    const issued = valueIn(await issue({ agentId, scopes: ['read:sso/user'] }));
    expect(issued.key).toMatch(/^usso_sk_[\w-]{64}$/);
    expect(issued).toMatchObject({
      name: 'ci',
      holder: `service:${agentId}`,
      issuedBy: expect.stringMatching(/^user:/),
      scopes: ['read:sso/user'],
      prefix: issued.key.slice(0, 16),
      expiresAt: null,
      revokedAt: null,
    });
    const stored = JSON.stringify(await fixture.temporary.log.store.readStream(streams.apiKey('main', issued.uid)));
    expect(stored).not.toContain(issued.key.slice(32));
    expect(
      JSON.stringify(valueIn(await fixture.service.revokeApiKey({ uid: issued.uid }, fixture.asAdmin()))),
    ).not.toContain(issued.key.slice(32));
  });

  it('is shown again by a repeat of the same command, also after a restart, and by no other', async () => {
    const context = fixture.asAdmin();
    const first = valueIn(await issue({ agentId }, context));
    expect(valueIn(await issue({ agentId }, context))).toEqual(first);
    fixture = await fixture.restart();
    expect(valueIn(await issue({ agentId }, context))).toEqual(first);
    expect(valueIn(await issue({ agentId })).key).not.toBe(first.key);
    expect(codeOf(await issue({ agentId, name: 'another' }, context))).toBe('request.idempotency-mismatch');
  });

  it('of a person has its name sealed under their key, one of an agent has it open', async () => {
    const stored = async (uid: string) =>
      JSON.stringify(await fixture.temporary.log.store.readStream(streams.apiKey('main', uid)));
    const own = valueIn(await issue({ name: 'Zebulons laptop' }));
    expect(own.name).toBe('Zebulons laptop');
    expect(await stored(own.uid)).not.toContain('Zebulon');
    const [event] = await fixture.read(streams.apiKey('main', own.uid));
    expect(event?.data).toMatchObject({ name: 'Zebulons laptop' });
    expect(await stored(valueIn(await issue({ agentId, name: 'nightly build' })).uid)).toContain('nightly build');
  });

  it('expires after the days that were asked for', async () => {
    const { key, expiresAt } = valueIn(await issue({ agentId, expiresInDays: 2 }));
    expect(expiresAt).toBe(fixture.clock() + 2 * 86_400_000);
    expect(codeOf(await issue({}, withKey(key)))).toBe('ok');
    fixture.clock.advance(2 * 86_400_000);
    expect(codeOf(await issue({}, withKey(key)))).toBe('caller.bad-credential');
    fixture.clock.advance(-2 * 86_400_000);
  });

  it('writes as itself, for its holder', async () => {
    const { key, uid } = valueIn(await issue({ agentId }));
    const own = valueIn(await issue({}, withKey(key)));
    const [event] = await fixture.temporary.log.store.readStream(streams.apiKey('main', own.uid));
    expect(event?.metadata).toMatchObject({ actor: `apikey:${uid}`, onBehalfOf: `service:${agentId}` });
  });

  it('with a name or scopes that cannot be is refused by name of the member', async () => {
    expect(await issue({ name: ' ' })).toMatchObject({ error: { code: 'apikey.invalid', details: { field: 'name' } } });
    expect(await issue({ scopes: ['a b'] })).toMatchObject({ error: { details: { field: 'scopes' } } });
    expect(codeOf(await issue({ agentId: randomUUID() }))).toBe('agent.unknown');
  });
});

describe('a key never carries more than its maker has', () => {
  it('whether it names scopes or takes all of an agent', async () => {
    const maker = await asAgent(['create:sso/apikey', 'read:sso/user']);
    const missing = (scope: string) => ({ error: { code: 'caller.not-permitted', details: { missing: scope } } });
    expect(await issue({ agentId, scopes: ['update:sso/user'] }, maker())).toMatchObject(missing('update:sso/user'));
    expect(await issue({ agentId }, maker())).toMatchObject(missing('update:sso/user'));
    expect(codeOf(await issue({ agentId, scopes: ['read:sso/user'] }, maker()))).toBe('ok');
    expect(codeOf(await issue({}, maker()))).toBe('ok');
    expect(codeOf(await issue({ agentId: await newAgent(['read:sso/user']) }, maker()))).toBe('ok');
  });

  it('nor does one that a narrower key makes for its own holder', async () => {
    const narrow = ['create:sso/apikey', 'read:sso/user'];
    const { key: makerKey } = valueIn(await issue({ agentId, scopes: narrow }));
    const maker = () => withKey(makerKey);
    expect(codeOf(await issue({ scopes: ['update:sso/user'] }, maker()))).toBe('caller.not-permitted');
    expect(valueIn(await issue({}, maker())).scopes).toEqual(narrow);
  });

  it('nor does one grow with an agent that its maker may not change', async () => {
    const weak = await newAgent([]);
    const maker = await asAgent(['create:sso/apikey', 'read:sso/user']);
    const governor = await asAgent(['create:sso/apikey', 'update:sso/agent', 'read:sso/user']);
    const kept = valueIn(await issue({ agentId: weak }, maker()));
    expect([kept.scopes, valueIn(await issue({ agentId: weak }, governor())).scopes]).toEqual([[], null]);
    valueIn(await fixture.service.changeAgent({ uid: weak, scopes: wide }, fixture.asAdmin()));
    expect(codeOf(await issue({}, withKey(kept.key)))).toBe('caller.not-permitted');
  });

  it('nor does one come to carry more that such a key made for another agent', async () => {
    const other = await newAgent(['read:sso/user']);
    const { key: makerKey } = valueIn(await issue({ agentId, scopes: ['create:sso/apikey', 'read:sso/user'] }));
    const maker = () => withKey(makerKey);
    expect(valueIn(await issue({ agentId: other }, maker())).scopes).toEqual(['read:sso/user']);
    expect(valueIn(await issue({ agentId: other })).scopes).toBeNull();
  });

  it('nor one made through a key whose holder has lost what the key names', async () => {
    const uid = await newAgent(wide);
    const { key: makerKey } = valueIn(await issue({ agentId: uid, scopes: wide }));
    const maker = () => withKey(makerKey);
    expect(codeOf(await issue({ scopes: ['update:sso/user'] }, maker()))).toBe('ok');
    const left = ['create:sso/apikey'];
    valueIn(await fixture.service.changeAgent({ uid, scopes: left }, fixture.asAdmin()));
    expect(codeOf(await issue({ scopes: ['update:sso/user'] }, maker()))).toBe('caller.not-permitted');
  });

  it('and is made by nobody who lacks the scope for it', async () => {
    expect(await issue({}, (await asAgent(['read:sso/apikey']))())).toMatchObject({
      error: { code: 'caller.not-permitted', details: { missing: 'create:sso/apikey' } },
    });
  });
});

describe('a revoked key', () => {
  const revoke = async (uid: string, context: RequestContext) =>
    codeOf(await fixture.service.revokeApiKey({ uid }, context));

  it('counts no more from the next request on, and stays revoked', async () => {
    const { key, uid } = valueIn(await issue({ agentId }));
    expect(codeOf(await issue({}, withKey(key)))).toBe('ok');
    const context = fixture.asAdmin();
    const revoked = valueIn(await fixture.service.revokeApiKey({ uid }, context));
    expect(revoked).toMatchObject({ uid, isActive: false, revokedAt: fixture.clock() });
    expect(codeOf(await issue({}, withKey(key)))).toBe('caller.bad-credential');
    fixture.clock.advance(1);
    expect(valueIn(await fixture.service.revokeApiKey({ uid }, context))).toEqual(revoked);
    expect(await revoke(uid, fixture.asAdmin())).toBe('apikey.unknown');
  });

  it('is ended by who holds it or issued it without a scope; to a stranger there is none', async () => {
    const maker = await asAgent(['create:sso/apikey', 'read:sso/user']);
    const stranger = await asAgent(['create:sso/apikey', 'read:sso/apikey', 'read:sso/user']);
    const holder = valueIn(await issue({ agentId }));
    const made = valueIn(await issue({ agentId, scopes: ['read:sso/user'] }, maker()));
    expect(await revoke(made.uid, stranger())).toBe('apikey.unknown');
    expect(await revoke(randomUUID(), stranger())).toBe('apikey.unknown');
    expect(await revoke(made.uid, maker())).toBe('ok');
    const next = valueIn(await issue({ agentId, scopes: ['read:sso/user'] }, maker()));
    expect(await revoke(next.uid, withKey(holder.key))).toBe('ok');
    expect(await revoke(holder.uid, (await asAgent(['delete:sso/apikey']))())).toBe('ok');
  });

  it('may be a narrow key itself, which ends no other of its holder', async () => {
    const other = valueIn(await issue({ agentId }));
    const narrow = valueIn(await issue({ agentId, scopes: ['read:sso/user'] }));
    expect(await revoke(other.uid, withKey(narrow.key))).toBe('apikey.unknown');
    expect(await revoke(narrow.uid, withKey(narrow.key))).toBe('ok');
  });
});
