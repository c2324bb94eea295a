import { freeze } from '@evident/testing';
import { describe } from 'vitest';
import { frozenProjectorContract } from '../../contract/frozen-projector.contract.ts';
import { sharedServer } from './mongodb-server.fixture.ts';

const rounds = Number(process.env.FROZEN_PROJECTORS ?? 1);
const { server, missing } = await sharedServer();
process.env.CRASH_SERVER_URL = server.url;
const opener = { module: new URL('./crashing-store.fixture.ts', import.meta.url).href, open: 'openForPath' };

describe.skipIf(missing !== undefined)(`mongodb adapter on ${server.name}`, () => {
  frozenProjectorContract('the mongodb adapter', opener, { rounds, freeze: (pid) => freeze(pid) });
});
