import { countCharacters, isPrintable, type Prepared, refuseText } from '../printable-text.ts';
import type { IdentifierKind } from './events.ts';

const longestName = 150;
const longestAddress = 320;
const phoneNumber = /^\+?[0-9]{7,15}$/;

/** Case and width do not tell identifiers apart: NFKC, lower case, NFKC (lower-casing can denormalise). */
export function foldIdentifier(text: string): string {
  return text.normalize('NFKC').toLowerCase().normalize('NFKC');
}

/**
 * A user name (api/asf.md, "names"): 1 to 150 printable characters without a space at either end, `@` only where the
 * name is the user's own address. Characters are code points of the prepared name.
 */
export function prepareUsername(username: string, email: string | undefined): Prepared {
  if (!username.isWellFormed()) return refuseText('holds a lone surrogate');
  const prepared = foldIdentifier(username);
  const length = countCharacters(prepared);
  if (length < 1 || length > longestName) return refuseText(`must have 1 to ${longestName} characters`);
  if (!isPrintable(username) || !isPrintable(prepared)) return refuseText('holds a character that cannot be printed');
  if (prepared !== prepared.trim()) return refuseText('must not begin or end with a space');
  if (prepared.includes('@') && (email === undefined || prepared !== foldIdentifier(email))) {
    return refuseText("may hold an @ only where it is the user's own e-mail address");
  }
  return { ok: true, prepared };
}

/** An address: one `@` with something printable on both sides and no space; compared without case. */
export function prepareEmail(email: string): Prepared {
  if (!email.isWellFormed()) return refuseText('holds a lone surrogate');
  const prepared = foldIdentifier(email);
  if (countCharacters(prepared) > longestAddress) return refuseText(`must have at most ${longestAddress} characters`);
  const hasForm = /^[^\s@]+@[^\s@]+$/u.test(prepared);
  if (!hasForm || !isPrintable(email) || !isPrintable(prepared)) return refuseText('is not an e-mail address');
  return { ok: true, prepared };
}

/** A phone number: 7 to 15 digits (ITU-T E.164), however they are set apart; a `+` before them makes no other number. */
export function preparePhone(phone: string): Prepared {
  const prepared = phone.normalize('NFKC').replace(/[\s().\-/]/gu, '');
  return phoneNumber.test(prepared)
    ? { ok: true, prepared: prepared.replace('+', '') }
    : refuseText('is no phone number');
}

/** What kind of identifier a text is where nobody says so: an address, else a phone number, else a name. */
export function inferKind(text: string): IdentifierKind {
  if (foldIdentifier(text).includes('@')) return 'email';
  return preparePhone(text).ok ? 'phone' : 'username';
}

/** What someone typed at sign-in: a name or an address, told apart by its `@`. */
export function prepareLogin(typed: string): { readonly kind: 'username' | 'email'; readonly prepared: string } {
  const prepared = foldIdentifier(typed);
  return { kind: prepared.includes('@') ? 'email' : 'username', prepared };
}
