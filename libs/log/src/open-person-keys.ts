import { createSecretKey } from 'node:crypto';
import { existsSync } from 'node:fs';
import { type PersonKeys, PersonKeysFault } from '@evident/crypto';
import { type EventStore, EventStoreFault, installNewest } from '@evident/event-store';
import { type Config, StartupProblem } from '@evident/runtime';
import { openPersonKeysFile } from './person-keys-file.ts';

const mustBeThere =
  'Put them back, or restore the backup that belongs to this log; evident restore tells how to go on without them.';

/**
 * Opens the person keys by their address, under a key of the log. They are made only where the log knows nothing
 * personal yet: later a place without keys is a place where they were lost. Throws `StartupProblem`.
 */
export async function openPersonKeys(
  { personKeys: address }: Pick<Config, 'personKeys'>,
  store: EventStore,
  key: Buffer,
): Promise<PersonKeys> {
  const wrappingKey = createSecretKey(key);
  const mayMake = !(await holdsPersonalData(store));
  try {
    if (address.kind !== 'embedded') {
      const { openMongodbPersonKeys } = await import('@evident/crypto/mongodb');
      return await openMongodbPersonKeys({ url: address.url, wrappingKey, mayMake });
    }
    if (!mayMake && !existsSync(address.path)) {
      throw new StartupProblem(
        `There is no ${address.path}, and this log holds personal data that only its keys open.`,
        mustBeThere,
      );
    }
    return openPersonKeysFile({ path: address.path, wrappingKey });
  } catch (fault) {
    if (fault instanceof EventStoreFault)
      throw new StartupProblem(fault.message, fault.remedy ?? restoreFile, { cause: fault });
    if (!(fault instanceof PersonKeysFault)) throw fault;
    throw new StartupProblem(fault.message, remedyFor(fault, address.kind), { cause: fault });
  }
}

const restoreFile = 'Restore person-keys.db from the backup that belongs to this log.';

/** A file that is sound is not to be replaced: an older one lacks the keys of whoever came since. */
const whereTheFileIsSound: Partial<Record<PersonKeysFault['code'], string>> = {
  'newer-version': installNewest,
  unavailable: 'Check that the path is right, that this user may write there, and that there is room.',
  'disk-full': 'Make room on the disk, then start again; nothing was lost.',
};

function remedyFor({ code }: PersonKeysFault, kind: Config['personKeys']['kind']): string {
  if (kind === 'embedded') return whereTheFileIsSound[code] ?? restoreFile;
  if (code === 'unavailable') return 'Start MongoDB, or correct the host in PERSON_KEYS_URL or READ_MODEL_URL.';
  if (code === 'wrong-key') return 'Give the DATA_KEY and the database in PERSON_KEYS_URL that belong to this log.';
  return `Correct PERSON_KEYS_URL, its user and its database. ${mustBeThere}`;
}

/** A new log begins with keys, which are about nobody, and has its first administrator soon after. */
async function holdsPersonalData(store: EventStore): Promise<boolean> {
  const beginning = await store.readAll(undefined, 200);
  if ('outcome' in beginning) return false;
  return beginning.some(({ data, metadata }) => 'sealed' in data || metadata.sealedClient !== undefined);
}
