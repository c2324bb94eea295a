import type { UserEvent, UserStatus } from './events.ts';
import {
  addIdentifier,
  type HeldIdentifier,
  primaryIdentifier,
  promoteIdentifier,
  verifyIdentifier,
} from './held-identifiers.ts';

/** Times are milliseconds since the epoch, from the log. */
export type PersonIdentifier = HeldIdentifier & {
  readonly value: string;
  /** Keyed hash of the prepared form; never shown. */
  readonly lookup: string;
  readonly verifiedAt: number | null;
  readonly createdAt: number;
};

/** A user as others see it, folded alike by the reply of a command and by the projection. A JSON object. */
export type Person = {
  readonly number: number;
  readonly name: string;
  readonly identifiers: readonly PersonIdentifier[];
  readonly roleIds: readonly string[];
  readonly scopes: readonly string[];
  /** Workspace uuid → the roles that count in it. */
  readonly workspaceRoles: Readonly<Record<string, readonly string[]>>;
  readonly isActive: boolean;
  readonly isLimited: boolean;
  readonly status: UserStatus;
  readonly isAdmin: boolean;
  readonly isOwner: boolean;
  readonly avatarUrl: string;
  /** Text of a JSON object, empty where never set; also `profile`. */
  readonly customClaims: string;
  readonly profile: string;
  /** When the present password was set; null where there is none. */
  readonly passwordSetAt: number | null;
  readonly createdAt: number;
  /** Assignments of apps and a new hash of the same password do not move it. */
  readonly updatedAt: number;
};

/** The person after an event. Undefined before registration and after removal. */
export function evolvePerson(person: Person | undefined, event: UserEvent, recordedAt: number): Person | undefined {
  if (event.type === 'user.registered') return newPerson(event.data.number, recordedAt);
  if (person === undefined || event.type === 'user.removed') return undefined;
  const changed = changesOf(person, event, recordedAt);
  return changed === undefined ? person : { ...person, ...changed, updatedAt: recordedAt };
}

/** Just registered, with nothing yet. */
export function newPerson(number: number, recordedAt: number): Person {
  return {
    number,
    name: '',
    identifiers: [],
    roleIds: [],
    scopes: [],
    workspaceRoles: {},
    isActive: true,
    isLimited: false,
    status: 'active',
    isAdmin: false,
    isOwner: false,
    avatarUrl: '',
    customClaims: '',
    profile: '',
    passwordSetAt: null,
    createdAt: recordedAt,
    updatedAt: recordedAt,
  };
}

/** Undefined for what nobody sees. */
function changesOf(person: Person, event: UserEvent, recordedAt: number): Partial<Person> | undefined {
  const { identifiers } = person;
  switch (event.type) {
    case 'user.identifier-added': {
      const known = identifiers.find(({ claimId }) => claimId === event.data.claimId);
      const verifiedAt = event.data.verified ? (known?.verifiedAt ?? recordedAt) : null;
      const createdAt = known?.createdAt ?? recordedAt;
      return { identifiers: addIdentifier(identifiers, { ...event.data, verifiedAt, createdAt }) };
    }
    case 'user.identifier-verified': {
      const { claimId } = event.data;
      const verified = verifyIdentifier(identifiers, claimId);
      return {
        identifiers: verified.map((each) => (each.claimId === claimId ? { ...each, verifiedAt: recordedAt } : each)),
      };
    }
    case 'user.identifier-promoted':
      return { identifiers: promoteIdentifier(identifiers, event.data.claimId) };
    case 'user.identifier-removed':
      return { identifiers: identifiers.filter(({ claimId }) => claimId !== event.data.claimId) };
    case 'user.password-changed':
      return { passwordSetAt: recordedAt };
    case 'user.password-removed':
      return { passwordSetAt: null };
    case 'user.deactivated':
      return { isActive: false, status: 'deactive' };
    case 'user.reactivated':
      return { isActive: true, status: 'active' };
    case 'user.status-changed':
      return { status: event.data.status };
    case 'user.admin-granted':
      return { isAdmin: true };
    case 'user.admin-revoked':
      return { isAdmin: false };
    case 'user.ownership-granted':
      return { isOwner: true };
    case 'user.role-granted':
      return { roleIds: [...person.roleIds, event.data.roleId] };
    case 'user.role-revoked':
      return { roleIds: person.roleIds.filter((roleId) => roleId !== event.data.roleId) };
    case 'user.scopes-assigned':
      return { scopes: event.data.scopes };
    case 'user.workspace-joined':
    case 'user.workspace-roles-changed':
      return { workspaceRoles: { ...person.workspaceRoles, [event.data.workspaceId]: event.data.roleIds } };
    case 'user.workspace-left': {
      const { [event.data.workspaceId]: _, ...workspaceRoles } = person.workspaceRoles;
      return { workspaceRoles };
    }
    case 'user.named':
    case 'user.avatar-changed':
    case 'user.custom-claims-changed':
    case 'user.profile-changed':
      return event.data;
    case 'user.limited':
      return { isLimited: true };
    case 'user.limit-lifted':
      return { isLimited: false };
    default:
      return undefined;
  }
}

/** The primary identifier of a kind as it was given; empty where the person has none. */
export function shownIdentifier({ identifiers }: Pick<Person, 'identifiers'>, kind: HeldIdentifier['kind']): string {
  return primaryIdentifier(identifiers, kind)?.value ?? '';
}

/** What the id of a user's password, as a credential, is made of. */
export function passwordCredentialName(userId: string): string {
  return `credential/password/${userId}`;
}
