import { createPublicKey, generateKeyPairSync, randomUUID } from 'node:crypto';
import type { createAgent as contract, RequestContext, RequestOf } from '@evident/contracts';
import { streams } from '@evident/domain';
import { requestContext } from '@evident/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codeOf, type Fixture, openFixture, valueIn } from './fixture.ts';

let fixture: Fixture;

beforeAll(async () => {
  fixture = await openFixture();
});
afterAll(() => fixture.remove());

type Wanted = Partial<RequestOf<typeof contract>>;
const asked = (more: Wanted = {}) => ({ name: 'Export', scopes: ['read:sso/user'], ...more });
const create = (more: Wanted = {}, context = fixture.asAdmin()) => fixture.service.createAgent(asked(more), context);
const newPublicKey = () => generateKeyPairSync('ed25519').publicKey.export({ format: 'pem', type: 'spki' }).toString();
const typesOf = async (uid: string) => (await fixture.read(streams.agent('main', uid))).map(({ type }) => type);

const tooManyForToken = Array.from({ length: 100 }, (_, nth) => `read:a-service/with-a-long-name/and-resource-${nth}`);

/** Requests of an agent that holds these scopes, through an API key of its own. */
async function asAgent(...scopes: string[]): Promise<() => RequestContext> {
  const agent = valueIn(await create({ scopes }));
  const issued = await fixture.service.issueApiKey({ agentId: agent.uid, name: 'key' }, fixture.asAdmin());
  const { key } = valueIn(issued);
  return () => requestContext({ credential: key });
}

describe('an agent', () => {
  it('is made with a key pair whose private half is shown and stored nowhere', async () => {
    const agent = valueIn(await create({ description: 'Nightly.' }));
    expect(agent).toMatchObject({ name: 'Export', description: 'Nightly.', scopes: ['read:sso/user'], isActive: true });
    const { privateKey } = agent;
    if (privateKey === null) throw new Error('no private key was shown');
    const publicHalf = createPublicKey(privateKey).export({ format: 'pem', type: 'spki' });
    expect(publicHalf).toBe(agent.verifyKey);
    const secret = privateKey.replaceAll(/-----[A-Z ]+-----|\s/g, '').slice(-42);
    const stored = await fixture.temporary.log.store.readAll(undefined, 10_000);
    expect(JSON.stringify(stored)).not.toContain(secret);
  });

  it('is shown its private key again by a repeat of the same command, and no other', async () => {
    const context = fixture.asAdmin();
    const first = valueIn(await create({}, context));
    expect(valueIn(await create({}, context))).toEqual(first);
    expect(valueIn(await create({}, fixture.asAdmin())).privateKey).not.toBe(first.privateKey);
    expect(codeOf(await create({ name: 'Another' }, context))).toBe('request.idempotency-mismatch');
  });

  it('that brings its public key gets no private one, and is found by it alone', async () => {
    const verifyKey = newPublicKey();
    const agent = valueIn(await create({ verifyKey: verifyKey.replaceAll('\n', '\r\n') }));
    expect(agent).toMatchObject({ verifyKey, privateKey: null });
    const { state } = await fixture.temporary.log.states.agentKey.load(streams.agentKey('main', agent.keyId));
    expect(state.agentId).toBe(agent.uid);
    expect(codeOf(await create({ verifyKey }))).toBe('agent.key-taken');
  });

  it('gives its public key free when it is removed or gets another', async () => {
    const [first, second] = [newPublicKey(), newPublicKey()];
    const { uid } = valueIn(await create({ verifyKey: first }));
    valueIn(await fixture.service.changeAgent({ uid, verifyKey: second }, fixture.asAdmin()));
    const next = valueIn(await create({ verifyKey: first }));
    expect(codeOf(await create({ verifyKey: second }))).toBe('agent.key-taken');
    valueIn(await fixture.service.removeAgent({ uid }, fixture.asAdmin()));
    expect(codeOf(await create({ verifyKey: second }))).toBe('ok');
    const { state } = await fixture.temporary.log.states.agentKey.load(streams.agentKey('main', next.keyId));
    expect(state.agentId).toBe(next.uid);
  });

  it.each<[Wanted, string]>([
    [{ name: '' }, 'name'],
    [{ name: 'a\nb' }, 'name'],
    [{ description: 'x'.repeat(2_001) }, 'description'],
    [{ scopes: ['read:sso/user?'] }, 'scopes'],
    [{ scopes: ['read sso/user'] }, 'scopes'],
    [{ scopes: tooManyForToken }, 'scopes'],
    [{ verifyKey: 'ssh-ed25519 AAAA' }, 'verify_key'],
    [{ workspaceId: randomUUID() }, 'workspace_id'],
  ])('asked for with %j is refused by name of the member', async (wanted, field) => {
    expect(await create(wanted)).toMatchObject({ ok: false, error: { code: 'agent.invalid', details: { field } } });
  });

  it('is changed by what is given, and only where something is different', async () => {
    const { uid, verifyKey } = valueIn(await create());
    const change = (members: object) => fixture.service.changeAgent({ uid, ...members }, fixture.asAdmin());
    expect(valueIn(await change({ name: 'Import' }))).toMatchObject({ name: 'Import', scopes: ['read:sso/user'] });
    expect(valueIn(await change({ isActive: false }))).toMatchObject({ name: 'Import', isActive: false });
    valueIn(await change({ name: 'Import', verifyKey, isActive: false }));
    expect(codeOf(await change({ scopes: tooManyForToken }))).toBe('agent.invalid');
    expect(await typesOf(uid)).toEqual(['agent.created', 'agent.changed', 'agent.deactivated']);
  });

  it('is removed for ever, and shown once more as it was', async () => {
    const { uid } = valueIn(await create());
    const context = fixture.asAdmin();
    expect(valueIn(await fixture.service.removeAgent({ uid }, context))).toMatchObject({ uid, isActive: false });
    expect(codeOf(await fixture.service.removeAgent({ uid }, context))).toBe('ok');
    expect(codeOf(await fixture.service.removeAgent({ uid }, fixture.asAdmin()))).toBe('agent.unknown');
    expect(codeOf(await fixture.service.changeAgent({ uid, name: 'x' }, fixture.asAdmin()))).toBe('agent.unknown');
  });
});

describe('power given to an agent', () => {
  it('is no more than its maker holds', async () => {
    const maker = await asAgent('create:sso/agent', 'read:sso/user?uid=u1');
    expect(await create({ scopes: ['read:sso/user'] }, maker())).toMatchObject({
      error: { code: 'caller.not-permitted', details: { missing: 'read:sso/user' } },
    });
    expect(codeOf(await create({ scopes: ['read:sso/user?uid=u1'] }, maker()))).toBe('ok');
    expect(codeOf(await create({ scopes: ['superadmin:*'] }))).toBe('caller.not-permitted');
  });

  it('is asked for where it is new, where another key is to have it, and where it sleeps', async () => {
    const wide = ['read:sso/user', 'update:sso/user'];
    const { uid } = valueIn(await create({ scopes: wide }));
    const changer = await asAgent('update:sso/agent', 'read:sso/user');
    const change = async (members: object, context = changer()) =>
      codeOf(await fixture.service.changeAgent({ uid, ...members }, context));
    expect(await change({ description: 'Mine.' })).toBe('ok');
    expect(await change({ verifyKey: newPublicKey() })).toBe('caller.not-permitted');
    expect(await change({ scopes: [...wide, 'read:sso/role'] })).toBe('caller.not-permitted');
    expect(await change({ isActive: false })).toBe('ok');
    expect(await change({ isActive: true })).toBe('caller.not-permitted');
    expect(await change({ scopes: ['read:sso/user'], isActive: true })).toBe('ok');
    expect(await change({ verifyKey: newPublicKey() })).toBe('ok');
  });
});

describe('whoever lacks the scope', () => {
  it('is told which, the same for real and unknown agents', async () => {
    const stranger = await asAgent('read:sso/agent');
    const { uid } = valueIn(await create());
    for (const id of [uid, randomUUID()]) {
      const changed = await fixture.service.changeAgent({ uid: id, name: 'x' }, stranger());
      expect(changed).toMatchObject({ error: { details: { missing: 'update:sso/agent' } } });
      const removed = await fixture.service.removeAgent({ uid: id }, stranger());
      expect(removed).toMatchObject({ error: { details: { missing: 'delete:sso/agent' } } });
    }
    expect(await create({ scopes: [] }, stranger())).toMatchObject({
      error: { code: 'caller.not-permitted', details: { missing: 'create:sso/agent' } },
    });
  });

  it('reaches with a narrowed one only what it is narrowed to', async () => {
    const { uid, createdBy } = valueIn(await create());
    const owner = createdBy.slice('user:'.length);
    const mine = await asAgent(`update:sso/agent?owner_id=${owner}`);
    const theirs = await asAgent(`update:sso/agent?owner_id=${randomUUID()}`);
    const change = async (context: RequestContext) =>
      codeOf(await fixture.service.changeAgent({ uid, description: 'x' }, context));
    expect(await change(mine())).toBe('ok');
    expect(await change(theirs())).toBe('caller.not-permitted');
  });

  it('is refused without a credential', async () => {
    expect(codeOf(await create({}, requestContext()))).toBe('caller.not-authenticated');
  });
});

it('a scope that an agent loses at the last moment is not given back by who does not hold it', async () => {
  const [held, beyond] = ['read:sso/user', 'read:sso/app'] as const;
  const { uid } = valueIn(await create({ scopes: [held, beyond] }));
  const { context } = await fixture.holderOf('update:sso/agent', held);
  const stream = streams.agent('main', uid);
  fixture.appends.before = async (written) => {
    if (written !== stream) return;
    fixture.appends.before = undefined;
    const data = { name: 'Export', description: '', scopes: [held], generation: 2 };
    await fixture.append(stream, { type: 'agent.changed', data });
  };
  const reply = await fixture.service.changeAgent({ uid, name: 'Import', scopes: [held, beyond] }, context);
  expect(reply).toMatchObject({ ok: false, error: { code: 'caller.not-permitted', details: { missing: beyond } } });
  expect((await fixture.temporary.log.states.agent.load(stream)).state).toMatchObject({
    name: 'Export',
    scopes: [held],
  });
});
