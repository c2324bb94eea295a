import fc from 'fast-check';
import type { ClaimedIdentifier, UserCommand } from './commands.ts';

const id = fc.nat(3).map((number) => `00000000-0000-4000-8000-00000000000${number}`);
const serial = fc.integer({ min: 1, max: 3 });
const type = <Type extends string>(name: Type) => fc.constant(name);
const flag = fc.boolean();

const identifier: fc.Arbitrary<ClaimedIdentifier> = fc
  .record({
    kind: fc.constantFrom('username' as const, 'email' as const, 'phone' as const),
    number: fc.nat(3),
    shout: flag,
    verified: flag,
  })
  .map(({ kind, number, shout, verified }) => ({
    kind,
    value: `${shout ? 'NAME' : 'name'}${number}`,
    lookup: `k1.${kind}${number}`,
    claimId: `00000000-0000-4000-8000-0000000000${{ email: 'e', phone: 'f', username: 'a' }[kind]}${number}`,
    verified,
  }));
const identifiers = fc.array(identifier, { maxLength: 3 });
const claimId = identifier.map((each) => each.claimId);
const passwordHash = fc.constantFrom('sealed-1', 'sealed-2');
const ids = fc.array(id, { maxLength: 3 });
const details = {
  isLimited: flag,
  roleIds: ids,
  scopes: fc.subarray(['read:x', 'read:y']),
  workspaces: fc.array(fc.record({ workspaceId: id, roleIds: ids }), { maxLength: 2 }),
  name: fc.constantFrom('', 'Ada'),
  profile: fc.constantFrom('', '{}'),
};
// Whether somebody is active is said in one of two ways, never in both.
const activity = fc.oneof(
  fc.record({ isActive: flag }),
  fc.record({ status: fc.constantFrom('active' as const, 'banned' as const, 'deactive' as const) }),
  fc.record({}),
);
/** Any command about a user, of few values, so that commands meet each other's work. */
export const userCommand: fc.Arbitrary<UserCommand> = fc.oneof(
  fc.record(
    { type: type('register-user'), number: serial, identifiers, passwordHash, isAdmin: flag, isOwner: flag },
    { requiredKeys: ['type', 'number', 'identifiers', 'isAdmin'] },
  ),
  fc
    .tuple(
      fc.record(
        { type: type('change-user'), identifiers, passwordHash, isAdmin: flag, ...details },
        { requiredKeys: ['type'] },
      ),
      activity,
    )
    .map(([change, active]) => ({ ...change, ...active })),
  fc.record({ type: type('add-identifier'), identifier, primary: flag }),
  fc.record(
    { type: type('change-identifier'), claimId, primary: fc.constant(true as const) },
    { requiredKeys: ['type', 'claimId'] },
  ),
  fc.record({ type: type('remove-identifier'), claimId }),
  fc.record({ type: type('yield-identifier'), claimId }),
  fc.record({ type: type('remove-password') }),
  fc.record({ type: type('grant-ownership') }),
  fc.record({ type: type('join-workspace'), workspaceId: id, roleIds: ids }),
  fc.record({ type: type('leave-workspace'), workspaceId: id }),
  fc.record({ type: type('rehash-password'), previous: passwordHash, passwordHash }),
  identifier.map(({ kind, claimId }) => ({ type: 'abandon-claim' as const, kind, claimId })),
  fc.record({ type: type('end-sessions'), generation: fc.nat(4) }),
  fc.record({ type: type('assign-app'), appId: id, appNumber: serial }),
  fc.record({ type: type('unassign-app'), appId: id }),
  fc.record({ type: type('remove-user') }),
);
