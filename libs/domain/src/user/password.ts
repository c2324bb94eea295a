import { foldIdentifier, type Prepared } from './identifier.ts';

const shortest = 8;
const longest = 256;
// Controls, unassigned code points and lone surrogates (RFC 8265 section 4.2 by way of RFC 8264's FreeformClass).
const forbidden = /[\p{Cc}\p{Cn}\p{Cs}]/u;
const otherSpaces = /\p{Zs}/gu;

/**
 * A password as it is compared: the OpaqueString profile (RFC 8265 section 4.2.2): other spaces become U+0020, then
 * NFC; case and width are kept. So a password typed as NFC or NFD is one password.
 */
export function preparePassword(password: string): Prepared {
  if (forbidden.test(password)) return { ok: false, reason: 'holds a control or unassigned character' };
  const prepared = password.replace(otherSpaces, ' ').normalize('NFC');
  return prepared === '' ? { ok: false, reason: 'is empty' } : { ok: true, prepared };
}

export interface PasswordContext {
  readonly username: string;
  readonly email: string;
  /** Is this prepared password, in lower case, on the list of common ones? */
  readonly isCommon: (password: string) => boolean;
}

/** The policy for new passwords (api/asf.md): a prepared password in code points, or the reason against it. */
export function checkNewPassword(password: string, { username, email, isCommon }: PasswordContext): Prepared {
  const result = preparePassword(password);
  if (!result.ok) return result;
  const { prepared } = result;
  const length = [...prepared].length;
  if (length < shortest) return { ok: false, reason: `must have at least ${shortest} characters` };
  if (length > longest) return { ok: false, reason: `must have at most ${longest} characters` };
  const folded = foldIdentifier(prepared);
  if (folded === foldIdentifier(username) || folded === foldIdentifier(email)) {
    return { ok: false, reason: 'must not be the user name or the e-mail address' };
  }
  if (isCommon(prepared.toLowerCase())) return { ok: false, reason: 'is on the list of common passwords' };
  return result;
}
