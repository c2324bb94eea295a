import { existsSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Config, StoreAddress } from '@evident/runtime';
import { copyFileSynced, syncDirectory } from '../backup/synced-files.ts';
import { MigrationProblem } from './migration-problem.ts';

const names = { master: 'master.key', data: 'data.key' } as const;

/**
 * Puts the files of the two keys beside a log that was copied to another folder, so that it can be started there. Keys
 * that come from variables stay there. Gives the names of the files that are new.
 */
export async function copyKeyFiles({ keys }: Config, to: StoreAddress<'eventstoredb'>): Promise<readonly string[]> {
  if (to.kind !== 'embedded') return [];
  const folder = dirname(to.path);
  const copied: string[] = [];
  for (const which of ['master', 'data'] as const) {
    const source = keys[which];
    const target = join(folder, names[which]);
    if (source.from === 'environment' || source.path === target || !existsSync(source.path)) continue;
    if (existsSync(target)) {
      if (readFileSync(target).equals(readFileSync(source.path))) continue;
      // What a crash left of a copy is shorter than a key, and no key.
      if (readFileSync(target).length >= readFileSync(source.path).length) throw anotherKey(target);
      rmSync(target);
    }
    await copyFileSynced(source.path, target);
    copied.push(names[which]);
  }
  if (copied.length > 0) syncDirectory(folder);
  return copied;
}

function anotherKey(path: string): MigrationProblem {
  return new MigrationProblem(
    `${path} is another key than the one of the log that is copied.`,
    'Name a folder with --to that has no keys of another deployment.',
  );
}
