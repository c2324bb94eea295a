import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** The folder of the repository. */
export const repository = join(import.meta.dirname, '..', '..');

/** What a program printed, both streams, and whether it was content. */
export function run(program: string, args: readonly string[]): { readonly ok: boolean; readonly text: string } {
  const { status, stdout, stderr, error } = spawnSync(program, args, { cwd: repository, encoding: 'utf8' });
  return { ok: status === 0, text: `${stdout ?? ''}${stderr ?? ''}${error?.message ?? ''}` };
}

/** For the name of a suite: why it is skipped, or nothing where the program can be run. */
export function missing(program: string, how: string, args: readonly string[] = ['--version']): string {
  const { error } = spawnSync(program, args, { cwd: repository });
  return error === undefined ? '' : ` (skipped: ${program} is not there; ${how})`;
}
