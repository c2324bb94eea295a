import type { PersonCredentialObject, PersonIdentifierObject, PersonObject } from '@evident/contracts';
import { type Person, type PersonIdentifier, passwordCredentialName, readJsonObject } from '@evident/domain';
import { uuid5 } from '@evident/event-store';
import type { Log } from '@evident/log';
import { grantsOf } from './grants.ts';

/** A person as others see them, with the slugs of the roles that count now, from the leader. */
export async function personObjectOf(
  { states, tenant }: { readonly states: Pick<Log['states'], 'role' | 'workspace'>; readonly tenant: string },
  userId: string,
  person: Person,
): Promise<PersonObject> {
  const { roleIds, isAdmin, isOwner, workspaceRoles } = person;
  const workspaces = new Map(Object.entries(workspaceRoles));
  const grants = await grantsOf(states, tenant, { isAdmin, isOwner, roleIds, workspaces });
  return {
    uid: userId,
    number: person.number,
    name: person.name,
    identifiers: person.identifiers.map(identifierObjectOf),
    roles: [...grants.roles],
    roleIds: [...roleIds],
    scopes: [...person.scopes],
    workspaceRoles: Object.fromEntries(Object.entries(grants.workspaceRoles).map(([id, slugs]) => [id, [...slugs]])),
    workspaceIds: [...grants.workspaceIds],
    isActive: person.isActive,
    isLimited: person.isLimited,
    status: person.status,
    isAdmin,
    isOwner,
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
