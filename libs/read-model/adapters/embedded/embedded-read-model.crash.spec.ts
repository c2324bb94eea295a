import { killedProjectorContract } from '../../contract/killed-projector.contract.ts';

const rounds = Number(process.env.CRASH_ROUNDS ?? 3);
const opener = { module: new URL('./index.ts', import.meta.url).href, open: 'openEmbeddedReadModel' };
killedProjectorContract('the embedded adapter', opener, rounds);
