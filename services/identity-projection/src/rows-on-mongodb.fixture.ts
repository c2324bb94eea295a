import { isMissing, startMongodbServer } from '@evident/testing';
import type { TestProject } from 'vitest/node';
import type {} from './rows-server.fixture.ts';

/** Before a run of the suites whose rows lie in MongoDB: one server, with a database for each read model. */
export default async function startRowsServer(project: TestProject): Promise<() => Promise<void>> {
  const server = await startMongodbServer();
  if (isMissing(server)) {
    project.provide('rowsServer', { missing: server.missing });
    return async () => {};
  }
  project.provide('rowsServer', { url: server.url });
  return () => server.stop();
}
