import { createSecretKey } from 'node:crypto';
import { existsSync } from 'node:fs';
import type { PersonKeys, WrappedPersonKey } from '@evident/crypto';
import { openPersonKeysFile } from '@evident/log';
import type { StoreAddress } from '@evident/runtime';
import type { ReportProgress } from '../cli/report-progress.ts';
import { MigrationProblem } from './migration-problem.ts';

export type MigratedPersonKeys =
  | { readonly outcome: 'copied'; readonly keys: number; readonly erased: number }
  /** Source and copy use the same ones. */
  | { readonly outcome: 'left' };

export interface PersonKeysRequest {
  readonly from: StoreAddress<'mongodb'>;
  readonly to: StoreAddress<'mongodb'>;
  /** From the keyring of the log, and so the same for source and copy. */
  readonly wrappingKey: Buffer;
  readonly report: ReportProgress;
}

/**
 * Brings the keys of people along, still wrapped. Who was erased goes first and is remembered: no key of theirs is even
 * written, also where an earlier run had copied one before they were erased. Repeatable.
 */
export async function copyPersonKeys({
  from,
  to,
  wrappingKey,
  report,
}: PersonKeysRequest): Promise<MigratedPersonKeys> {
  if (isSame(from, to)) return { outcome: 'left' };
  if (from.kind === 'embedded' && !existsSync(from.path)) {
    throw new MigrationProblem(
      `There is no file of person keys at ${from.path}, and the log holds what only they open.`,
      'Name where they are with --person-keys-from, or PERSON_KEYS_URL.',
    );
  }
  const key = createSecretKey(wrappingKey);
  const source = await open(from, key, true);
  try {
    const target = await open(to, key, false);
    try {
      let erased = 0;
      for await (const person of source.erasedPersons()) {
        await target.erase(person);
        erased += 1;
      }
      let keys = 0;
      const counted = async function* (): AsyncGenerator<WrappedPersonKey> {
        for await (const entry of source.exportWrapped()) {
          keys += 1;
          report('Copying the keys of people', keys, 0);
          yield entry;
        }
      };
      const { differing } = await target.importWrapped(counted());
      if (differing === 0) return { outcome: 'copied', keys, erased };
      throw new MigrationProblem(
        `${differing} people have another key in the target: it was used by another log.`,
        'Name an empty place for them with --person-keys-to.',
      );
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

function isSame(one: StoreAddress<'mongodb'>, other: StoreAddress<'mongodb'>): boolean {
  if (one.kind === 'embedded') return other.kind === 'embedded' && one.path === other.path;
  return other.kind === 'mongodb' && one.url === other.url;
}

async function open(
  address: StoreAddress<'mongodb'>,
  wrappingKey: ReturnType<typeof createSecretKey>,
  readOnly: boolean,
): Promise<PersonKeys> {
  if (address.kind === 'embedded') return openPersonKeysFile({ path: address.path, wrappingKey, readOnly });
  const { openMongodbPersonKeys } = await import('@evident/crypto/mongodb');
  return openMongodbPersonKeys({ url: address.url, wrappingKey, readOnly, mayMake: !readOnly });
}
