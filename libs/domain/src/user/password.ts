import { countCharacters, type Prepared, refuseText } from '../printable-text.ts';
import { foldIdentifier } from './identifier.ts';

const shortest = 8;
const longest = 256;
// Controls, unassigned code points and lone surrogates: what is left of RFC 8264's FreeformClass (section 4.3) once
// everything that a keyboard or a password manager may produce is let in (api/asf.md, "characters").
const forbidden = /[\p{Cc}\p{Cn}\p{Cs}]/u;
const otherSpaces = /\p{Zs}/gu;

/**
 * A password as it is compared: the OpaqueString profile (RFC 8265 section 4.2.2): other spaces become U+0020, then
 * NFC; case and width are kept. So a password typed as NFC or NFD is one password.
 */
export function preparePassword(password: string): Prepared {
  if (forbidden.test(password)) return refuseText('holds a control or unassigned character');
  const prepared = password.replace(otherSpaces, ' ').normalize('NFC');
  return prepared === '' ? refuseText('is empty') : { ok: true, prepared };
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
  const length = countCharacters(result.prepared);
  if (length < shortest) return refuseText(`must have at least ${shortest} characters`);
  if (length > longest) return refuseText(`must have at most ${longest} characters`);
  const folded = foldIdentifier(result.prepared);
  if (folded === foldIdentifier(username) || folded === foldIdentifier(email)) {
    return refuseText('must not be the user name or the e-mail address');
  }
  if (isCommon(result.prepared.toLowerCase())) return refuseText('is on the list of common passwords');
  return result;
}
