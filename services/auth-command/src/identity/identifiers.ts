import { fail, type ReplyError } from '@evident/contracts';
import type { KeyedHash } from '@evident/crypto';
import {
  foldIdentifier,
  type IdentifierKind,
  inferKind,
  prepareEmail,
  prepareLogin,
  preparePhone,
  prepareUsername,
} from '@evident/domain';
import type { AskedCommand } from '../command.ts';
import { mayDo } from '../may-do.ts';

/** A name or an address that keeps the rules, with the keyed hash by which it is found. */
export interface CheckedIdentifier {
  readonly kind: IdentifierKind;
  /** As given. */
  readonly value: string;
  readonly lookup: string;
}

/** One that is to be the user's. */
export interface IdentifierToClaim extends CheckedIdentifier {
  readonly verified: boolean;
  /** From whoever has it without its ever having been verified. */
  readonly takesOver: boolean;
}

/** What an administrator sets counts as verified. */
export function setByAdministrator(identifier: CheckedIdentifier): IdentifierToClaim {
  return { ...identifier, verified: true, takesOver: true };
}

/** Who administers only some people does not vouch for an address against all the others, nor takes it from one of them. */
export function setBy(command: AskedCommand, scope: string, identifier: CheckedIdentifier): IdentifierToClaim {
  return mayDo(command, scope) === undefined ? setByAdministrator(identifier) : setByOneself(identifier);
}

/** A name is whose it is; that an address is theirs a person only says. */
export function setByOneself(identifier: CheckedIdentifier): IdentifierToClaim {
  return { ...identifier, verified: identifier.kind === 'username', takesOver: false };
}

export type CheckedIdentifierOutcome =
  | { readonly ok: true; readonly identifier: CheckedIdentifier }
  | { readonly ok: false; readonly error: ReplyError };

type Lookup = Pick<KeyedHash, 'hash'>;

/** `email`: the address that the user has, or will have by the same command. */
export function checkUsername(lookup: Lookup, username: string, email: string): CheckedIdentifierOutcome {
  const checked = prepareUsername(username, email);
  if (!checked.ok) return fail('user.username-invalid', { details: { reason: checked.reason } });
  return found(lookup, 'username', username, checked.prepared);
}

export function checkEmail(lookup: Lookup, email: string): CheckedIdentifierOutcome {
  const checked = prepareEmail(email);
  if (!checked.ok) return fail('user.email-invalid', { details: { reason: checked.reason } });
  return found(lookup, 'email', email, checked.prepared);
}

function checkPhone(lookup: Lookup, phone: string): CheckedIdentifierOutcome {
  const checked = preparePhone(phone);
  if (!checked.ok) return fail('user.phone-invalid', { details: { reason: checked.reason } });
  return found(lookup, 'phone', phone, checked.prepared);
}

/** `email`: the address that the user has, empty where there is none. */
export function checkIdentifier(
  lookup: Lookup,
  {
    identifier,
    kind = inferKind(identifier),
  }: { readonly identifier: string; readonly kind?: IdentifierKind | undefined },
  email = '',
): CheckedIdentifierOutcome {
  if (kind === 'email') return checkEmail(lookup, identifier);
  return kind === 'phone' ? checkPhone(lookup, identifier) : checkUsername(lookup, identifier, email);
}

/** What someone typed at sign-in; always one kind, so that it names one reservation. */
export function identifierTyped(lookup: Lookup, typed: string): CheckedIdentifier {
  const { kind, prepared } = prepareLogin(typed);
  return { kind, value: prepared, lookup: lookup.hash(kind, prepared) };
}

/** Any identifier, as someone typed it to sign in; always one kind, and always something to look for. */
export function identifierSought(lookup: Lookup, typed: string, kind = inferKind(typed)): CheckedIdentifier {
  const phone = kind === 'phone' ? preparePhone(typed) : undefined;
  const prepared = phone?.ok === true ? phone.prepared : foldIdentifier(typed);
  return { kind, value: prepared, lookup: lookup.hash(kind, prepared) };
}

function found(lookup: Lookup, kind: IdentifierKind, value: string, prepared: string): CheckedIdentifierOutcome {
  return { ok: true, identifier: { kind, value, lookup: lookup.hash(kind, prepared) } };
}
