import type { PersonKeys } from '@evident/crypto';
import { type EmbeddedPersonKeysOptions, openEmbeddedPersonKeys } from '@evident/crypto/embedded';
import { verifyWriteAhead } from '@evident/event-store/embedded';

/**
 * Opens the file of person keys, having looked whether what its write-ahead file holds would be read in full: SQLite
 * would drop the keys behind any damage there, and say nothing. Throws `PersonKeysFault`, and of that file
 * `EventStoreFault`.
 */
export function openPersonKeysFile(options: EmbeddedPersonKeysOptions): PersonKeys {
  verifyWriteAhead(options.path);
  return openEmbeddedPersonKeys(options);
}
