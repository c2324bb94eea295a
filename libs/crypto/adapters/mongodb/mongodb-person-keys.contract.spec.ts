import { describe } from 'vitest';
import { personKeysContract } from '../../contract/person-keys.contract.ts';
import { harnessOn, sharedServer } from './person-keys-server.fixture.ts';

const { server, missing } = await sharedServer();
describe.skipIf(missing !== undefined)(`mongodb adapter on ${server.name}`, () => {
  personKeysContract('mongodb', harnessOn(server));
});
