import type { PersonCredentialObject, PersonIdentifierObject, PersonObject } from '@evident/contracts';
import { type Person, type PersonIdentifier, passwordCredentialName, readJsonObject } from '@evident/domain';
import { uuid5 } from '@evident/event-store';
import type { Log } from '@evident/log';
import { type Granted, type Grants, grantsOf } from './grants.ts';

interface Described {
  readonly granted: Granted;
  /** By the grants of then, and for nobody else than this person. */
  readonly object: PersonObject;
  readonly grants: Grants;
}

/** States and rows are the same object until they change, so each is described once while the grants stay as they are. */
const described = new WeakMap<Person, Described>();

/** A person as others see them, with the slugs of the roles that count now, from the leader. Not to be changed. */
export async function personObjectOf(
  { states, tenant }: { readonly states: Pick<Log['states'], 'role' | 'workspace'>; readonly tenant: string },
  userId: string,
  person: Person,
): Promise<PersonObject> {
  const known = described.get(person);
  const granted = known?.granted ?? grantedTo(person);
  const grants = await grantsOf(states, tenant, granted);
  if (known?.object.uid === userId && known.grants === grants) return known.object;
  const object = objectOf(userId, person, grants);
  described.set(person, { granted, object, grants });
  return object;
}

function grantedTo({ isAdmin, isOwner, roleIds, workspaceRoles }: Person): Granted {
  return { isAdmin, isOwner, roleIds, workspaces: new Map(Object.entries(workspaceRoles)) };
}

function objectOf(userId: string, person: Person, grants: Grants): PersonObject {
  return {
    uid: userId,
    number: person.number,
    name: person.name,
    identifiers: person.identifiers.map(identifierObjectOf),
    roles: [...grants.roles],
    roleIds: [...person.roleIds],
    scopes: [...person.scopes],
    workspaceRoles: Object.fromEntries(Object.entries(grants.workspaceRoles).map(([id, slugs]) => [id, [...slugs]])),
    workspaceIds: [...grants.workspaceIds],
    isActive: person.isActive,
    isLimited: person.isLimited,
    status: person.status,
    isAdmin: person.isAdmin,
    isOwner: person.isOwner,
    avatarUrl: person.avatarUrl,
    customClaims: readJsonObject(person.customClaims),
    credentials: credentialsOf(userId, person),
    createdAt: person.createdAt,
    updatedAt: person.updatedAt,
  };
}

export function identifierObjectOf(identifier: PersonIdentifier): PersonIdentifierObject {
  const { claimId: id, kind, value, verified, verifiedAt, primary, createdAt } = identifier;
  return { id, kind, value, verified, verifiedAt, primary, createdAt };
}

/** The password is the one credential that there is; it keeps its id when it is changed. */
export function credentialsOf(
  userId: string,
  { passwordSetAt }: Pick<Person, 'passwordSetAt'>,
): PersonCredentialObject[] {
  if (passwordSetAt === null) return [];
  return [{ id: uuid5(passwordCredentialName(userId)), method: 'password', createdAt: passwordSetAt }];
}
