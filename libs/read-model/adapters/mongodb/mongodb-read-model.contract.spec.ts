import { describe, vi } from 'vitest';
import { readModelContract } from '../../contract/read-model.contract.ts';
import { harnessOn, sharedServer } from './mongodb-server.fixture.ts';

vi.setConfig({ testTimeout: 120_000 });
const { server, missing } = await sharedServer();
describe.skipIf(missing !== undefined)(`mongodb adapter on ${server.name}`, () => {
  readModelContract('mongodb', { open: harnessOn(server) });
});
