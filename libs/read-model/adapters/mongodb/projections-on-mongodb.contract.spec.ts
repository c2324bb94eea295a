import { afterAll, describe } from 'vitest';
import { peopleHistory } from '../../contract/people-history.ts';
import { decodePeople, peopleProjections } from '../../contract/people-projections.ts';
import { projectionContract } from '../../contract/projection.contract.ts';
import { openMongodbReadModel } from './index.ts';
import { dropDatabase, freshDatabase, sharedServer } from './mongodb-server.fixture.ts';

const { server, missing } = await sharedServer();
const runs = Number(process.env.REPLAY_RUNS ?? 3);
const url = freshDatabase(server);
const store = missing === undefined ? await openMongodbReadModel({ url }) : undefined;
afterAll(async () => {
  await store?.close();
  if (store !== undefined) await dropDatabase(url);
});

const { all } = peopleProjections();
describe.skipIf(missing !== undefined)(`mongodb adapter on ${server.name}`, () => {
  projectionContract(
    all.map((projection) => ({
      projection,
      decode: decodePeople(),
      history: peopleHistory,
      runs,
      ...(store === undefined ? {} : { store }),
    })),
  );
});
