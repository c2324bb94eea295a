import { isMissing, type MongodbServer, startMongodbServer } from '@evident/testing';
import type { Resource } from '../program.ts';

/** A server of the MongoDB protocol, which need not be MongoDB; says which one it is. */
export const mongodb: Resource<MongodbServer> = async () => {
  const server = await startMongodbServer();
  if (isMissing(server)) throw new Error(server.missing);
  process.stdout.write(`on ${server.name}\n`);
  return { value: server, close: () => server.stop() };
};

/** The URL of a database that nothing else uses. */
export function freshDatabase({ url }: MongodbServer): string {
  return new URL(`/evident_bench_${crypto.randomUUID().slice(0, 12)}`, url).href;
}
