import { join } from 'node:path';
import { isUnlocked } from '@evident/testing';
import { frozenProjectorContract } from '../../contract/frozen-projector.contract.ts';

const rounds = Number(process.env.FROZEN_PROJECTORS ?? 1);
const opener = { module: new URL('./index.ts', import.meta.url).href, open: 'openEmbeddedReadModel' };
const mayFreeze = (folder: string) => isUnlocked(join(folder, 'read-models.db'));
frozenProjectorContract('the embedded adapter', opener, { rounds, mayFreeze });
