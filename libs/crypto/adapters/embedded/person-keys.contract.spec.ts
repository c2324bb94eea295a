import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { personKeysContract } from '../../contract/person-keys.contract.ts';
import type { PersonKeys } from '../../src/person-keys.port.ts';
import { openEmbeddedPersonKeys } from './embedded-person-keys.ts';

personKeysContract('embedded', async (wrappingKey) => {
  const folder = mkdtempSync(join(tmpdir(), 'person-keys-'));
  const connections: PersonKeys[] = [];
  return {
    async connect(options) {
      const keys = openEmbeddedPersonKeys({ path: join(folder, 'person-keys.db'), wrappingKey, ...options });
      connections.push(keys);
      return keys;
    },
    async destroy() {
      await Promise.all(connections.map((keys) => keys.close()));
      rmSync(folder, { recursive: true });
    },
  };
});
