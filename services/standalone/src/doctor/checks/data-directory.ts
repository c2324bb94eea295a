import { accessSync, constants, lstatSync, readdirSync, type Stats, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Finding, Findings } from '../finding.ts';
import type { System } from '../system.ts';

const othersMay = 0o077;
/** What is younger may belong to a program that is at work right now. */
const leftoverAfterMs = 3_600_000;
const leftoverForm = /\.(new|part)(-wal|-shm|-journal)?$/;
const sqliteForm = /\.db-(wal|shm|journal)$/;
const setAsideForm = /\.aside-[\dTZ-]+(-wal|-shm)?$/;

/** Who may read the data directory, whose it is, and what was left in it. */
export function checkDataDirectory(
  directory: string,
  { system, now }: { system: Pick<System, 'userId'>; now: number },
): { readonly findings: readonly Finding[]; readonly exists: boolean } {
  const findings = new Findings('data directory');
  const stat = statSync(directory, { throwIfNoEntry: false });
  if (stat === undefined) {
    findings.warn(
      `There is no ${directory}.`,
      'Name the right one with --data-dir or DATA_DIR. If this is a new deployment, evident start makes it.',
    );
    return { findings: findings.list, exists: false };
  }
  if (!stat.isDirectory()) {
    findings.fail(`${directory} is not a folder.`, 'Name a folder with DATA_DIR.');
    return { findings: findings.list, exists: false };
  }
  if (!checkAccess(findings, directory, stat, system.userId)) return { findings: findings.list, exists: false };
  const names = readdirSync(directory);
  checkModes(findings, directory, names);
  checkSqliteFiles(findings, directory, names);
  checkLeftovers(findings, directory, names, now);
  if (findings.list.length === 0) findings.ok(`${directory} is closed to other users and can be written.`);
  return { findings: findings.list, exists: true };
}

function checkModes(findings: Findings, directory: string, names: readonly string[]): void {
  if (process.platform === 'win32') return;
  const open = [directory, ...names.map((name) => join(directory, name))].flatMap((path) => {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat === undefined || (stat.mode & othersMay) === 0) return [];
    return path === directory || stat.isFile() ? [{ path, stat }] : [];
  });
  for (const { path, stat } of open.filter(({ path }) => path === directory || path.endsWith('.key')))
    findings.fail(`Other users may enter or read ${path} (mode ${modeOf(stat)}).`, remedyForMode(path, stat));
  const files = open.filter(({ path }) => path !== directory && !path.endsWith('.key'));
  const [first] = files;
  if (first !== undefined) {
    const more = files.length > 1 ? ` and ${files.length - 1} more files` : '';
    findings.fail(`Other users may read ${first.path}${more}.`, `find ${directory} -type f -exec chmod 600 {} +`);
  }
}

function remedyForMode(path: string, stat: Stats): string {
  if (stat.isDirectory()) return `chmod 700 ${path}`;
  return `chmod 600 ${path}; and if others had access to this machine, replace the key.`;
}

function modeOf({ mode }: Stats): string {
  return (mode & 0o777).toString(8);
}

/** False where nothing in it can be looked at. */
function checkAccess(findings: Findings, directory: string, stat: Stats, userId: number | undefined): boolean {
  if (userId !== undefined && userId !== stat.uid) {
    findings.warn(
      `${directory} belongs to user ${stat.uid}, and this runs as user ${userId}.`,
      `Run the evident command as the user that runs the server: what it made otherwise the server could not open.`,
    );
  }
  try {
    accessSync(directory, constants.R_OK | constants.W_OK | constants.X_OK);
    return true;
  } catch {
    findings.fail(
      `${directory} cannot be read and written by this user.`,
      'Run the command as the user that runs the server, or give the folder to this one (chown).',
    );
    return false;
  }
}

/** Beside a folder in the place of one a database can be read, and takes no write. */
function checkSqliteFiles(findings: Findings, directory: string, names: readonly string[]): void {
  const paths = names.filter((name) => sqliteForm.test(name)).map((name) => join(directory, name));
  for (const path of paths.filter((each) => statSync(each, { throwIfNoEntry: false })?.isFile() === false))
    findings.fail(`${path} is not a file.`, 'Stop the server, and move it away; SQLite makes a file there.');
}

function checkLeftovers(findings: Findings, directory: string, names: readonly string[], now: number): void {
  const old = (name: string) => {
    const stat = lstatSync(join(directory, name), { throwIfNoEntry: false });
    return stat !== undefined && now - stat.mtimeMs > leftoverAfterMs;
  };
  const leftovers = names.filter((name) => leftoverForm.test(name) && old(name));
  if (leftovers.length > 0) {
    findings.warn(
      `Left behind by a program that was interrupted: ${leftovers.join(', ')}.`,
      `Delete them; nothing needs them: rm -r ${leftovers.map((name) => join(directory, name)).join(' ')}`,
    );
  }
  const aside = names.filter((name) => setAsideForm.test(name));
  if (aside.length > 0) {
    findings.warn(
      `Read models that were found unusable and set aside: ${aside.join(', ')}.`,
      `Delete them; they were built again since: rm ${aside.map((name) => join(directory, name)).join(' ')}`,
    );
  }
}
