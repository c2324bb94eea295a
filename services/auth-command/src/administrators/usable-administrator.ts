import { existsSync } from 'node:fs';
import { checkNewPassword, prepareEmail, prepareUsername } from '@evident/domain';
import { type Config, StartupProblem } from '@evident/runtime';
import { loadCommonPasswords } from '../passwords/common-passwords.ts';

/**
 * To be asked before the log is opened: a new one would be made, and left behind for nothing. Throws `StartupProblem`
 * where the configured name, address or password breaks the rules for users; whether somebody else has them only the log
 * knows. Of a log that is there, or on a server, nothing is asked: it may have an administrator already.
 */
export async function requireUsableAdministrator({
  administrator,
  eventStore,
}: Pick<Config, 'administrator' | 'eventStore'>): Promise<void> {
  if (eventStore.kind !== 'embedded' || existsSync(eventStore.path)) return;
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
