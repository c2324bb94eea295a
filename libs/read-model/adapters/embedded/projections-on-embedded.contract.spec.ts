import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { peopleHistory } from '../../contract/people-history.ts';
import { decodePeople, peopleProjections } from '../../contract/people-projections.ts';
import { projectionContract } from '../../contract/projection.contract.ts';
import { openEmbeddedReadModel } from './index.ts';

const folder = mkdtempSync(join(tmpdir(), 'evident-read-model-'));
const store = await openEmbeddedReadModel({ path: join(folder, 'read-models.db') });
afterAll(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

const { all } = peopleProjections();
projectionContract(all.map((projection) => ({ projection, decode: decodePeople(), history: peopleHistory, store })));
