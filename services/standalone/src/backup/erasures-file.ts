import { readFileSync, statSync } from 'node:fs';
import type { PersonKeys } from '@evident/crypto';
import { isErrorWithCode } from '@evident/runtime';
import { BackupProblem } from './backup-problem.ts';
import { mustHaveFolder, replaceFile } from './synced-files.ts';

/** A person's name as `PersonKeys` takes it. */
const personForm = /^[\x21-\x7e]{1,200}$/;

/**
 * Writes everyone who was erased, one a line, replacing the file at once. It names people by ids that say nothing
 * about them. Kept outside the backups, for it has to be newer than the backup that it is applied to. Throws
 * `BackupProblem`.
 */
export async function writeErasures(
  path: string,
  keys: Pick<PersonKeys, 'erasedPersons'>,
  facts: { readonly tenant: string; readonly now: number },
): Promise<number> {
  mustHaveFolder(path);
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory())
    throw new BackupProblem(`${path} is a folder.`, 'Name a file.');
  const persons: string[] = [];
  for await (const person of keys.erasedPersons()) persons.push(person);
  const heading = `# Erased people of tenant ${facts.tenant}, as of ${new Date(facts.now).toISOString()}\n`;
  replaceFile(path, heading + persons.map((person) => `${person}\n`).join(''));
  return persons.length;
}

/** The persons in such a file; lines that begin with `#` are left out. Throws `BackupProblem`. */
export function readErasures(path: string): readonly string[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const code = isErrorWithCode(error) ? error.code : String(error);
    throw new BackupProblem(
      `The list of erasures ${path} cannot be read (${code}).`,
      'Name the file that evident person erasures wrote.',
      { cause: error },
    );
  }
  const persons = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
  const wrong = persons.findIndex((person) => !personForm.test(person));
  if (wrong >= 0)
    throw new BackupProblem(`Entry ${wrong + 1} of ${path} names no person.`, 'Correct the list of erasures.');
  return persons;
}
