import {
  addCredential,
  changeIdentifier,
  changeOwnPassword,
  changePerson,
  changeProfile,
  createPerson,
  fail,
  getPerson,
  listPeople,
  type MessageContract,
  openSession,
  type PersonObject,
  registerPerson,
  succeed,
} from '@evident/contracts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type RunningGateway, startGateway } from './start-gateway.fixture.ts';

const base = '/api/sso/v1';
const uid = '0190f3a2-7c1e-4b52-9a34-1c5e7d9b2f60';
const workspace = '0190f3a2-7c1e-4b52-9a34-1c5e7d9b2f61';
const noon = Date.UTC(2026, 0, 25, 12);
const ada: PersonObject = {
  ...{ uid, number: 5, name: '', roles: ['editor'], roleIds: [workspace], scopes: ['read:x'], avatarUrl: '' },
  identifiers: [
    {
      ...{ id: workspace, kind: 'email', value: 'ada@example.com', verified: true, verifiedAt: noon },
      ...{ primary: true, createdAt: noon },
    },
  ],
  ...{ workspaceRoles: { [workspace]: ['reader'] }, workspaceIds: [workspace], isActive: true, isLimited: false },
  ...{
    status: 'active',
    isAdmin: false,
    isOwner: false,
    customClaims: { team: 'one' },
    createdAt: noon,
    updatedAt: noon,
  },
  credentials: [{ id: uid, method: 'password', createdAt: noon }],
};

let gateway: RunningGateway;
beforeAll(async () => {
  gateway = await startGateway();
});
beforeEach(() => {
  for (const contract of [createPerson, changePerson]) gateway.services.answer(contract, () => succeed(ada, 'log~1'));
  gateway.services.answer(getPerson, () => succeed(ada));
});
afterAll(() => gateway.close());

/** What was last asked by a message of this name. */
const sent = ({ name }: MessageContract) =>
  gateway.services.asked.filter(({ contract }) => contract.name === name).at(-1)?.payload;

describe('a user of the contract', () => {
  it('is a superset of what its documents and its SDKs read', async () => {
    const { status, json } = await gateway.call('GET', `${base}/users/${uid}`);
    const time = '2026-01-25T12:00:00.000Z';
    const entity = { created_at: time, updated_at: time, is_deleted: false, tenant_id: 'main' };
    expect({ status, json }).toEqual({
      status: 200,
      json: {
        ...{ id: `user:${uid}`, uid, ...entity, meta_data: {}, name: null, avatar_url: null },
        identifiers: [
          {
            ...{ id: workspace, uid: workspace, ...entity, user_id: `user:${uid}`, type: 'email' },
            ...{ identifier: 'ada@example.com', verified: true, verified_at: time, is_primary: true, is_active: true },
          },
        ],
        credentials: [{ id: uid, uid, ...entity, user_id: `user:${uid}`, method: 'password', is_active: true }],
        ...{ credential_methods: ['password'], roles: ['editor'], scopes: ['read:x'], is_active: true },
        ...{ workspace_roles: { [`ws_${workspace}`]: ['reader'] }, workspace_ids: [`ws_${workspace}`] },
        ...{ is_limited: false, activation_status: 'active', is_admin: false, is_owner: false },
        custom_claims: { team: 'one' },
      },
    });
  });

  it('is changed by what is there; null clears what may be empty', async () => {
    const { status, headers } = await gateway.call('PATCH', `${base}/users/user:${uid}`, {
      json: { name: null, avatar_url: null, custom_claims: null, roles: ['editor'], activation_status: 'banned' },
    });
    expect([status, headers.get('x-evident-position')]).toEqual([200, 'log~1']);
    expect(sent(changePerson)).toEqual({
      uid,
      name: '',
      avatarUrl: '',
      customClaims: {},
      roles: ['editor'],
      status: 'banned',
    });
  });

  it.each([{ roles: null }, { scopes: null }, { workspace_ids: null }, { is_active: null }, { roles: [1] }])(
    'is not changed by %j',
    async (json) => {
      const { status } = await gateway.call('PATCH', `${base}/users/${uid}`, { json });
      expect(status).toBe(422);
    },
  );

  it('is created under either name of type and secret; null counts as absent', async () => {
    for (const json of [
      { identifier: 'ada@example.com', type: 'email', secret: 'Correct-Horse-7', name: null, roles: null },
      { identifier: 'ada@example.com', identifier_type: 'email', password: 'Correct-Horse-7' },
    ]) {
      expect((await gateway.call('POST', `${base}/users`, { json })).status).toBe(201);
      expect(sent(createPerson)).toEqual({ identifier: 'ada@example.com', kind: 'email', password: 'Correct-Horse-7' });
    }
  });

  it('is sought by the filters of the list, in both ways to page', async () => {
    gateway.services.answer(listPeople, () => succeed({ people: [ada], total: 41 }));
    const { json } = await gateway.call(
      'GET',
      `${base}/users?page=3&limit=20&role=editor&is_active=True&identifier_type=email`,
    );
    expect(sent(listPeople)).toEqual({ skip: 40, limit: 20, role: 'editor', isActive: true, identifierKind: 'email' });
    expect(json).toMatchObject({ total: 41, offset: 40, limit: 20, items: [{ uid }] });
  });
});

describe('a refusal', () => {
  it.each([
    ['user.phone-taken', 409, 'identifier_exists'],
    ['user.credential-exists', 409, 'resource_already_exists'],
    ['user.last-identifier', 409, 'resource_conflict'],
    ['user.last-administrator', 409, 'resource_conflict'],
    ['user.identifier-unknown', 404, 'resource_not_found'],
    ['user.password-unacceptable', 422, 'validation_error'],
  ] as const)('%s is %i %s', async (code, status, name) => {
    gateway.services.answer(addCredential, () => fail(code));
    const answer = await gateway.call('POST', `${base}/users/${uid}/credentials`, { json: { secret: 'x' } });
    expect(answer).toMatchObject({ status, json: { code: name } });
  });
});

describe('what cannot be done', () => {
  const identifier = `${base}/users/${uid}/identifiers/${uid}`;
  const credentials = `${base}/users/${uid}/credentials`;

  it.each([
    ['PATCH', identifier, { is_active: false }, 'is_active', 'Input should be true'],
    ['POST', credentials, { secret: 'x', expires_at: '2027-01-01T00:00:00Z' }, 'expires_at', 'Input should be null'],
  ])('is refused and not passed over: %s %s %j', async (method, path, json, member, msg) => {
    gateway.services.asked.length = 0;
    expect(await gateway.call(method, path, { json })).toMatchObject({
      status: 422,
      json: { detail: [{ loc: ['body', member], msg }] },
    });
    expect(gateway.services.asked).toEqual([]);
  });

  it.each([
    ['PATCH', identifier, { is_active: true }],
    ['POST', credentials, { secret: 'x', expires_at: null }],
  ])('may be said not to be wanted: %s %s %j', async (method, path, json) => {
    gateway.services.fail(changeIdentifier, 'user.identifier-unknown');
    gateway.services.fail(addCredential, 'user.identifier-unknown');
    expect((await gateway.call(method, path, { json })).status).toBe(404);
  });
});

describe('a password that is not acceptable', () => {
  const refused = () => fail('user.password-unacceptable', { details: { reason: 'is common' } });

  it.each([
    ['/auth/password', { old_password: 'x', new_password: 'y' }, 'new_password'],
    ['/auth/register', { identifier: 'ada', password: 'y' }, 'password'],
    ['/auth/register', { identifier: 'ada', secret: 'y' }, 'secret'],
    ['/users', { identifier: 'ada', password: 'y' }, 'password'],
    ['/users', { identifier: 'ada', secret: 'y' }, 'secret'],
    [`/users/${uid}/credentials`, { secret: 'y' }, 'secret'],
  ])('is named as %s was sent it: %o', async (path, json, member) => {
    for (const contract of [changeOwnPassword, registerPerson, createPerson, addCredential]) {
      gateway.services.answer(contract, refused);
    }
    expect(await gateway.call('POST', `${base}${path}`, { json })).toMatchObject({
      status: 422,
      json: { detail: [{ loc: ['body', member], msg: 'is common' }] },
    });
  });
});

describe('a sign-up', () => {
  const register = (json: object, headers = {}) =>
    gateway.call('POST', `${base}/auth/register`, { anonymous: true, json, headers });
  const secret = 'Correct-Horse-7';

  it('is 201 with the tokens of a login, and says whether it came from this machine', async () => {
    const evidence = { stream: 'signin-main.x', revision: 0, ticket: 't' };
    gateway.services.answer(registerPerson, () =>
      succeed({ userId: uid, person: ada, evidence, registered: true }, 'log~1'),
    );
    gateway.services.answer(openSession, () =>
      succeed({
        ...{ accessToken: 'a', refreshToken: 'r', sessionId: uid, userId: uid, expiresIn: 3600, refreshExpiresIn: 7 },
      }),
    );
    const { status, json } = await register({ identifier: 'ada@example.com', secret, type: 'email' });
    expect([status, json]).toMatchObject([201, { access_token: 'a', user: { uid }, status: 'completed' }]);
    expect(sent(registerPerson)).toEqual({
      ...{ identifier: 'ada@example.com', password: secret, kind: 'email', fromThisMachine: true },
    });
    await register({ identifier: 'ada@example.com', password: secret }, { 'x-forwarded-for': '203.0.113.9' });
    expect(sent(registerPerson)).toMatchObject({ fromThisMachine: false });
  });

  it('without a secret, or an identifier, is 422', async () => {
    for (const json of [{ identifier: 'ada@example.com' }, { secret }, { identifier: null, secret }]) {
      expect((await register(json)).status).toBe(422);
    }
  });

  it('where nobody may register is 403 by name, and 429 says when to come again', async () => {
    gateway.services.answer(registerPerson, () => fail('user.self-registration-disabled'));
    const closed = await register({ identifier: 'ada@example.com', secret });
    expect(closed).toMatchObject({ status: 403, json: { code: 'self_registration_disabled' } });
    gateway.services.answer(registerPerson, () => fail('request.too-many-attempts', { retryAfterSeconds: 99 }));
    const busy = await register({ identifier: 'ada@example.com', secret });
    expect([busy.status, busy.headers.get('retry-after')]).toEqual([429, '99']);
  });
});

it('a profile is changed member by member, and cleared by null', async () => {
  const profile = { userId: uid, data: {}, createdAt: noon, updatedAt: noon };
  gateway.services.answer(changeProfile, () => succeed(profile, 'log~1'));
  await gateway.call('PATCH', `${base}/profiles/mine`, { json: { profile_data: { city: null, name: 'Ada' } } });
  expect(sent(changeProfile)).toEqual({ data: { city: null, name: 'Ada' }, merge: true });
  await gateway.call('PATCH', `${base}/profiles/user:${uid}`, { json: { profile_data: null } });
  expect(sent(changeProfile)).toEqual({ userId: uid, data: {}, merge: false });
});
