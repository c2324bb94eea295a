import { checkNewPassword, prepareEmail, prepareUsername } from '@evident/domain';
import { type Config, StartupProblem } from '@evident/runtime';
import { loadCommonPasswords } from '../passwords/common-passwords.ts';

/**
 * To be asked before a new log is made, which would be left behind for nothing. Throws `StartupProblem` where the
 * configured name, address or password breaks the rules for users; whether somebody else has them only the log knows.
 */
export async function requireUsableAdministrator({ administrator }: Pick<Config, 'administrator'>): Promise<void> {
  const { username, email, password } = administrator;
  const name = prepareUsername(username, email);
  if (!name.ok) throw unusableAdministrator('user.username-invalid', name.reason);
  const address = prepareEmail(email);
  if (!address.ok) throw unusableAdministrator('user.email-invalid', address.reason);
  if (password === undefined) return;
  const checked = checkNewPassword(password, { username, email, isCommon: await loadCommonPasswords() });
  if (!checked.ok) throw unusableAdministrator('user.password-unacceptable', checked.reason);
}

const variables: Readonly<Record<string, string>> = {
  'user.username-invalid': 'ADMIN_USERNAME',
  'user.username-taken': 'ADMIN_USERNAME',
  'user.email-invalid': 'ADMIN_EMAIL',
  'user.email-taken': 'ADMIN_EMAIL',
  'user.password-unacceptable': 'ADMIN_PASSWORD',
};

/** What the refusal of the first administrator means to whoever configured them. */
export function unusableAdministrator(code: string, reason: unknown): StartupProblem {
  const variable = variables[code];
  if (variable === undefined) {
    return new StartupProblem(`The first administrator could not be made (${code}).`, 'Start again.');
  }
  const why = typeof reason === 'string' ? `it ${reason}` : 'it belongs to somebody already';
  return new StartupProblem(
    `${variable} cannot be used for the first administrator: ${why}.`,
    `Set another ${variable}.`,
  );
}
