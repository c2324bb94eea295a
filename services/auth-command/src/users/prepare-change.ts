import { type changeUser, fail, type ReplyError, type RequestOf } from '@evident/contracts';
import { type ChangeUser, type Person, shownIdentifier, streams } from '@evident/domain';
import type { Command } from '../command.ts';
import type { CommandEnvironment } from '../command-environment.ts';
import {
  type CheckedIdentifier,
  checkEmail,
  checkUsername,
  type IdentifierToClaim,
  setByAdministrator,
} from '../identity/identifiers.ts';

type Request = RequestOf<typeof changeUser>;

/** A change that keeps all rules about one user; what others have a say in comes after. */
export interface PreparedChange {
  /** The name first: of two that are taken it is the one that is told. */
  readonly identifiers: readonly IdentifierToClaim[];
  readonly members: Pick<ChangeUser, 'passwordHash' | 'isActive' | 'isAdmin'>;
  /** What the roster has to agree to first. */
  readonly takes: 'suspend' | 'revoke' | undefined;
}

type Prepared =
  | { readonly ok: true; readonly change: PreparedChange }
  | { readonly ok: false; readonly error: ReplyError };

/**
 * Checks name, address and password against what the user will have by the same change, then hashes. After that it is
 * asked again whether the caller may, `ask` included.
 */
export async function prepareChange(
  { log, accounts, newPasswords }: Pick<CommandEnvironment, 'log' | 'accounts' | 'newPasswords'>,
  request: Request,
  userId: string,
  command: Command,
  ask: Parameters<Command['stillPermitted']>[0],
): Promise<Prepared> {
  const { person } = (await accounts.load(streams.user(log.tenant, userId))).state;
  if (person === undefined) return fail('user.unknown');
  const identity = checkIdentity(log.lookup, request, person);
  if (!identity.ok) return identity;
  const { password, isActive, isAdmin } = request;
  let passwordHash: string | undefined;
  if (password !== undefined) {
    const { username = shownIdentifier(person, 'username'), email = shownIdentifier(person, 'email') } = request;
    const checked = await newPasswords.check(password, { username, email });
    if (!checked.ok) return checked;
    const hashed = await newPasswords.hash(userId, checked.prepared);
    if (!hashed.ok) return hashed;
    passwordHash = hashed.sealed;
    const refusal = await command.stillPermitted(ask);
    if (refusal !== undefined) return { ok: false, error: refusal };
  }
  const members = {
    ...(passwordHash === undefined ? {} : { passwordHash }),
    ...(isActive === undefined ? {} : { isActive }),
    ...(isAdmin === undefined ? {} : { isAdmin }),
  };
  const suspends = isActive === false ? 'suspend' : undefined;
  const takes = isAdmin === false ? 'revoke' : suspends;
  return { ok: true, change: { identifiers: identity.identifiers.map(setByAdministrator), members, takes } };
}

function checkIdentity(
  lookup: CommandEnvironment['log']['lookup'],
  request: Request,
  person: Person,
): { ok: true; identifiers: readonly CheckedIdentifier[] } | { ok: false; error: ReplyError } {
  const identifiers: CheckedIdentifier[] = [];
  const email = request.email ?? shownIdentifier(person, 'email');
  if (request.username !== undefined) {
    const username = checkUsername(lookup, request.username, email);
    if (!username.ok) return username;
    identifiers.push(username.identifier);
  }
  if (request.email !== undefined) {
    const checked = checkEmail(lookup, request.email);
    if (!checked.ok) return checked;
    identifiers.push(checked.identifier);
    // A name with an @ may only be the user's own address; if it was the old one it would be nobody's.
    const keptName = request.username === undefined ? shownIdentifier(person, 'username') : '';
    if (keptName !== '' && !checkUsername(lookup, keptName, email).ok) return fail('user.username-needs-change');
  }
  return { ok: true, identifiers };
}
