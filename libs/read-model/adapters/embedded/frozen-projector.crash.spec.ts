import { join } from 'node:path';
import { freeze, isUnlocked } from '@evident/testing';
import { frozenProjectorContract } from '../../contract/frozen-projector.contract.ts';

const rounds = Number(process.env.FROZEN_PROJECTORS ?? 1);
const opener = { module: new URL('./index.ts', import.meta.url).href, open: 'openEmbeddedReadModel' };
frozenProjectorContract('the embedded adapter', opener, {
  rounds,
  freeze: (pid, folder) => freeze(pid, () => isUnlocked(join(folder, 'read-models.db'))),
});
