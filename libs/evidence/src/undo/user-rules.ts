import { readJsonObject, type UserState } from '@evident/domain';
import type { Json, JsonObject } from '@evident/event-store';
import { cannot, consequence, type Field, field, making, type UndoRules } from './undo-rule.ts';

const changePerson = (uid: string, change: JsonObject) => ({ name: 'change-person', request: { uid, ...change } });

const activity: Field<UserState> = {
  name: 'status',
  read: ({ isActive, status }) => ({ isActive, status }),
  restore(uid, value) {
    const { isActive, status } = value as { readonly isActive: boolean; readonly status: string };
    return changePerson(uid, isActive ? { isActive } : { status });
  },
};

const power: Field<UserState> = {
  name: 'isAdmin',
  read: ({ isAdmin }) => isAdmin,
  restore: (_uid, isAdmin, { number }) => ({ name: 'change-user', request: { id: number, isAdmin } }),
};

const limit: Field<UserState> = {
  name: 'isLimited',
  read: ({ isLimited }) => isLimited,
  restore: (uid, isLimited) => changePerson(uid, { isLimited }),
};

const scopes: Field<UserState> = {
  name: 'scopes',
  read: (state) => state.scopes,
  restore: (uid, value) => changePerson(uid, { scopes: value }),
};

const appOf = ({ appId, appNumber }: { readonly appId: string; readonly appNumber: number }): Field<UserState> => ({
  name: `app:${appId}`,
  read: ({ apps }) => apps.has(appId),
  restore: (_uid, isAssigned, { number: userId }) => ({
    name: isAssigned === true ? 'assign-app' : 'unassign-app',
    request: { userId, appId: appNumber },
  }),
});

const roleOf = ({ roleId }: { readonly roleId: string }): Field<UserState> => ({
  name: `role:${roleId}`,
  read: ({ roleIds }) => roleIds.includes(roleId),
  restore(uid, isHeld, { roleIds }) {
    const others = roleIds.filter((each) => each !== roleId);
    return changePerson(uid, { roles: isHeld === true ? [...others, roleId] : others });
  },
});

const workspaceOf = ({ workspaceId }: { readonly workspaceId: string }): Field<UserState> => ({
  name: `workspace:${workspaceId}`,
  read: ({ workspaces }) => workspaces.get(workspaceId) ?? null,
  restore: (userId, roles) =>
    roles === null
      ? { name: 'remove-member', request: { workspaceId, userId } }
      : { name: 'add-member', request: { workspaceId, userId, roles } },
});

/** A text of the person's own, which can be given back as long as it can be read. */
const textOf = (name: 'name' | 'avatarUrl'): Field<UserState> => ({
  name,
  read: (state) => state[name],
  restore: (uid, value) => (isLost(value) ? undefined : changePerson(uid, { [name]: value })),
});

const objectOf = (name: 'customClaims' | 'profile'): Field<UserState> => ({
  name,
  // Never set reads the same as set to nothing.
  read: (state) => (state[name] === '' ? '{}' : state[name]),
  restore(userId, text) {
    if (isLost(text)) return undefined;
    const object = readJsonObject(String(text)) as JsonObject;
    if (name === 'customClaims') return changePerson(userId, { customClaims: object });
    return { name: 'change-profile', request: { userId, data: object, merge: false } };
  },
});

const isLost = (value: Json) => value === 'erased' || value === 'sealed';

const credential = 'A credential cannot be given back: set a new one.';
const identifier = 'A name or address may be somebody else’s by now: change it by hand.';
const forGood = 'It is for ever.';

export const userRules: UndoRules = {
  'user.registered': making((uid) => ({ name: 'remove-person', request: { uid } })),
  'user.identifier-added': cannot(identifier),
  'user.identifier-promoted': cannot(identifier),
  'user.identifier-verified': cannot(identifier),
  'user.identifier-removed': cannot(identifier),
  'user.claim-abandoned': consequence,
  'user.password-changed': cannot(credential),
  'user.password-rehashed': consequence,
  'user.password-removed': cannot(credential),
  'user.deactivated': field(() => activity),
  'user.reactivated': field(() => activity),
  'user.status-changed': field(() => activity),
  'user.removed': cannot(forGood),
  'user.erased': cannot(forGood),
  'user.sessions-ended': cannot('A session that has ended cannot go on: sign in again.'),
  'user.admin-granted': field(() => power),
  'user.admin-revoked': field(() => power),
  'user.app-assigned': field(appOf),
  'user.app-unassigned': field(appOf),
  'user.ownership-granted': cannot(forGood),
  'user.role-granted': field(roleOf),
  'user.role-revoked': field(roleOf),
  'user.scopes-assigned': field(() => scopes),
  'user.workspace-joined': field(workspaceOf),
  'user.workspace-roles-changed': field(workspaceOf),
  'user.workspace-left': field(workspaceOf),
  'user.named': field(() => textOf('name')),
  'user.avatar-changed': field(() => textOf('avatarUrl')),
  'user.custom-claims-changed': field(() => objectOf('customClaims')),
  'user.profile-changed': field(() => objectOf('profile')),
  'user.limited': field(() => limit),
  'user.limit-lifted': field(() => limit),
};
