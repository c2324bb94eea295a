/** A prepared value, the form that is compared and hashed; or why there is none. */
export type Prepared =
  | { readonly ok: true; readonly prepared: string }
  | { readonly ok: false; readonly reason: string };

const longestName = 150;
const longestAddress = 320;
// Letters, marks, numbers, punctuation, symbols and the plain space; no controls, formats, other separators, private
// use, surrogates or unassigned code points. Some letters and marks have no width and leave no trace either (Hangul
// fillers, variation selectors): Unicode calls all such code points default-ignorable.
const printable = /^(?:(?!\p{Default_Ignorable_Code_Point})[\p{L}\p{M}\p{N}\p{P}\p{S} ])+$/u;

/** Case and width do not tell identifiers apart: NFKC, lower case, NFKC (lower-casing can denormalise). */
export function foldIdentifier(text: string): string {
  return text.normalize('NFKC').toLowerCase().normalize('NFKC');
}

/**
 * A user name (api/asf.md, "names"): 1 to 150 printable characters without a space at either end, `@` only where the
 * name is the user's own address. Characters are code points of the prepared name.
 */
export function prepareUsername(username: string, email: string | undefined): Prepared {
  if (!username.isWellFormed()) return refuse('holds a lone surrogate');
  const prepared = foldIdentifier(username);
  const length = [...prepared].length;
  if (length < 1 || length > longestName) return refuse(`must have 1 to ${longestName} characters`);
  if (!printable.test(prepared) || !printable.test(username)) return refuse('holds a character that cannot be printed');
  if (prepared !== prepared.trim()) return refuse('must not begin or end with a space');
  if (prepared.includes('@') && (email === undefined || prepared !== foldIdentifier(email))) {
    return refuse("may hold an @ only where it is the user's own e-mail address");
  }
  return { ok: true, prepared };
}

/** An address: one `@` with something printable on both sides and no space; compared without case. */
export function prepareEmail(email: string): Prepared {
  if (!email.isWellFormed()) return refuse('holds a lone surrogate');
  const prepared = foldIdentifier(email);
  if ([...prepared].length > longestAddress) return refuse(`must have at most ${longestAddress} characters`);
  if (!printable.test(email) || !/^[^\s@]+@[^\s@]+$/u.test(prepared)) return refuse('is not an e-mail address');
  return { ok: true, prepared };
}

/** What someone typed at sign-in: a name or an address, told apart by its `@`. */
export function prepareLogin(typed: string): { readonly kind: 'username' | 'email'; readonly prepared: string } {
  const prepared = foldIdentifier(typed);
  return { kind: prepared.includes('@') ? 'email' : 'username', prepared };
}

function refuse(reason: string): Prepared {
  return { ok: false, reason };
}
