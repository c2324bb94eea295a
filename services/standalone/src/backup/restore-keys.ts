import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { EventStore } from '@evident/event-store';
import type { WrappingKey } from '@evident/log';
import type { Clock, Config, KeySource } from '@evident/runtime';
import { countKeys, masterKeyrings, openExistingKeyring } from '../stores/keyrings.ts';
import { type KeyVariable, readKey } from '../stores/wrapping-keys.ts';
import { BackupProblem } from './backup-problem.ts';
import { copyFileSynced } from './synced-files.ts';

const fileNames: Readonly<Record<KeyVariable, string>> = { MASTER_KEY: 'master.key', DATA_KEY: 'data.key' };

export interface RestoredKey {
  readonly variable: KeyVariable;
  readonly fileName: string;
  /** `copied`: from `--keys-from`. `environment`: given by its variable. `missing`: to be put there by hand. */
  readonly from: 'copied' | 'environment' | 'missing';
  readonly key?: WrappingKey;
  readonly path?: string;
}

/** Finds a key for the restore: the file in the given folder, else the variable; a file of the server is not guessed. */
export function findKey(variable: KeyVariable, keysFrom: string | undefined, configured: KeySource): RestoredKey {
  const fileName = fileNames[variable];
  const path = keysFrom === undefined ? undefined : join(keysFrom, fileName);
  if (path !== undefined && existsSync(path))
    return { variable, fileName, from: 'copied', path, key: readKey({ from: 'file', path }, variable) };
  if (configured.from === 'environment')
    return { variable, fileName, from: 'environment', key: readKey(configured, variable) };
  return { variable, fileName, from: 'missing' };
}

/** The person keys are wrapped under a key that only the data key opens: nothing can be restored without it. */
export function mustHaveDataKey(found: RestoredKey, where: string | undefined, config: Config): WrappingKey {
  if (found.key !== undefined) return found.key;
  const here = config.keys.data;
  const hint =
    where === undefined && here.from === 'file' && existsSync(here.path)
      ? ` If this is the same deployment: --keys-from ${config.dataDir}`
      : '';
  throw new BackupProblem(
    where === undefined ? 'The data key is needed to restore.' : `There is no data.key in ${where}.`,
    `Name the folder that holds data.key and master.key with --keys-from, or set DATA_KEY.${hint}`,
  );
}

/** Throws `StartupProblem` where the master key is not the one that the log was made with. */
export async function mustOpenKeyrings(
  key: WrappingKey,
  { store, tenant, now }: { store: EventStore; tenant: string; now: Clock },
): Promise<void> {
  for (const service of masterKeyrings) {
    if ((await countKeys(store, tenant, service)) === 0) continue;
    await openExistingKeyring({ store, tenant, service, wrappingKey: key, now });
  }
}

export async function copyKeyFile({ from, path, fileName }: RestoredKey, into: string): Promise<void> {
  if (from === 'copied' && path !== undefined) await copyFileSynced(path, join(into, fileName));
}
