import { randomUUID } from 'node:crypto';
import { type IdentifierKind, newPerson, streams } from '@evident/domain';
import { describe, expect, it } from 'vitest';
import { type Happened, happened, rowsAfter } from './happened.fixture.ts';
import { usersProjection } from './users.projection.ts';

const uid = randomUUID();
const stream = streams.user('main', uid);
const [nameClaim, addressClaim, newClaim] = [randomUUID(), randomUUID(), randomUUID()];
const added = (kind: string, value: string, lookup: string, claimId: string, at = 0) =>
  happened(stream, 'user.identifier-added', { kind, value, lookup, claimId, verified: false, primary: true }, at);

const registration = [
  happened(stream, 'user.registered', { number: 7 }, 100),
  added('username', 'Ａlice', 'k1.alice', nameClaim, 100),
  added('email', 'Alice@Example.com', 'k1.alice-address', addressClaim, 100),
  happened(stream, 'user.password-changed', { passwordHash: 'sealed', generation: 1 }, 100),
];
const heldByAlice = (kind: IdentifierKind, value: string, lookup: string, claimId: string) => ({
  ...{ kind, value, lookup, claimId, verified: false, primary: true, verifiedAt: null, createdAt: 100 },
});
const alice = {
  ...newPerson(7, 100),
  username: 'Ａlice',
  email: 'Alice@Example.com',
  foldedUsername: 'alice',
  foldedEmail: 'alice@example.com',
  passwordSetAt: 100,
  passwordHash: 'sealed',
  hasProfile: false,
  identifiers: [
    heldByAlice('username', 'Ａlice', 'k1.alice', nameClaim),
    heldByAlice('email', 'Alice@Example.com', 'k1.alice-address', addressClaim),
  ],
  revision: 3,
};
const after = (...events: Happened[]) => rowsAfter(usersProjection, [...registration, ...events])[uid];

describe('a row of users', () => {
  it('has the profile, the folded name and address, the sealed hash and the revision', () => {
    expect(after()).toEqual(alice);
  });

  it('is not there before registration, whatever was claimed', () => {
    const abandoned = happened(stream, 'user.claim-abandoned', { kind: 'username', claimId: randomUUID() });
    expect(rowsAfter(usersProjection, [abandoned])).toEqual({});
  });

  it('is gone after removal', () => {
    const removed = happened(stream, 'user.removed', { generation: 2, wasActive: true });
    expect(rowsAfter(usersProjection, [...registration, removed])).toEqual({});
  });

  it('follows activity and administration', () => {
    const disabled = happened(stream, 'user.deactivated', { generation: 2 }, 200);
    expect(after(disabled)).toEqual({ ...alice, isActive: false, status: 'deactive', updatedAt: 200, revision: 4 });
    const enabled = happened(stream, 'user.reactivated', {}, 300);
    expect(after(disabled, enabled)).toEqual({ ...alice, updatedAt: 300, revision: 5 });
    const granted = happened(stream, 'user.admin-granted', {}, 200);
    expect(after(granted)).toEqual({ ...alice, isAdmin: true, updatedAt: 200, revision: 4 });
    const revoked = happened(stream, 'user.admin-revoked', { generation: 2 }, 300);
    expect(after(granted, revoked)).toEqual({ ...alice, updatedAt: 300, revision: 5 });
  });

  it('takes a new password, and a new hash of the same one without moving the time of change', () => {
    const changed = happened(stream, 'user.password-changed', { passwordHash: 'new', generation: 2 }, 200);
    expect(after(changed)).toEqual({ ...alice, passwordHash: 'new', passwordSetAt: 200, updatedAt: 200, revision: 4 });
    const rehashed = happened(stream, 'user.password-rehashed', { passwordHash: 'newer' }, 200);
    expect(after(rehashed)).toEqual({ ...alice, passwordHash: 'newer', revision: 4 });
  });

  it('counts an assignment as a revision and as nothing else', () => {
    const assigned = happened(stream, 'user.app-assigned', { appId: randomUUID(), appNumber: 1, userNumber: 7 }, 200);
    expect(after(assigned)).toEqual({ ...alice, revision: 4 });
  });

  it('keeps a new identifier when the claim of the one before it ends', () => {
    const renamed = added('username', 'bob', 'k1.bob', newClaim, 200);
    const ended = happened(stream, 'user.identifier-removed', { kind: 'username', claimId: nameClaim }, 200);
    expect(after(renamed, ended)).toEqual({
      ...alice,
      username: 'bob',
      foldedUsername: 'bob',
      updatedAt: 200,
      identifiers: [alice.identifiers[1], { ...heldByAlice('username', 'bob', 'k1.bob', newClaim), createdAt: 200 }],
      revision: 5,
    });
  });

  it('lets go of an identifier whose claim ends without another', () => {
    const ended = happened(stream, 'user.identifier-removed', { kind: 'username', claimId: nameClaim });
    expect(after(ended)?.identifiers).toEqual([alice.identifiers[1]]);
  });
});
