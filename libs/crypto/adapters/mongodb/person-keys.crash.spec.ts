import { isMissing, startFerretdb } from '@evident/testing';
import { afterAll, describe } from 'vitest';
import { killedKeeperContract } from '../../contract/killed-keeper.contract.ts';

/** A quarter of those on the embedded adapter, which is many times faster than this server. */
const rounds = Math.ceil(Number(process.env.CRASH_ROUNDS ?? 8) / 4);
const server = await startFerretdb();
const missing = isMissing(server) ? server.missing : undefined;
if (!isMissing(server)) process.env.CRASH_SERVER_URL = server.url;
afterAll(() => (isMissing(server) ? undefined : server.stop()));

describe.skipIf(missing !== undefined)(isMissing(server) ? `no server: ${missing}` : server.name, () => {
  killedKeeperContract('the mongodb adapter, and its server with it,', {
    opener: { module: new URL('./crashing-keys.fixture.ts', import.meta.url).href, open: 'openForPath' },
    rounds,
    atMost: 100,
    async alsoKilled() {
      if (isMissing(server)) return;
      await server.faults?.kill();
      await server.faults?.restart();
    },
  });
});
