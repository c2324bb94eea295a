import { describe } from 'vitest';
import { killedProjectorContract } from '../../contract/killed-projector.contract.ts';
import { sharedServer } from './mongodb-server.fixture.ts';

/** A quarter of those on the embedded adapter, which is many times faster than this server. */
const rounds = Math.ceil(Number(process.env.CRASH_ROUNDS ?? 8) / 4);
const { server, missing } = await sharedServer();
process.env.CRASH_SERVER_URL = server.url;
const opener = { module: new URL('./crashing-store.fixture.ts', import.meta.url).href, open: 'openForPath' };

describe.skipIf(missing !== undefined)(`mongodb adapter on ${server.name}`, () => {
  killedProjectorContract('the mongodb adapter', opener, rounds);
});
