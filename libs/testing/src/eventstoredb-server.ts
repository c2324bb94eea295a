import { existsSync } from 'node:fs';

/** An EventStoreDB. There is none to be had without a container or a URL, so its suites are skipped elsewhere. */
export interface EventStoreDbServer {
  /** For the names of suites: which server a result comes from. */
  readonly name: string;
  readonly url: string;
  /** Ends what was started here. Idempotent. */
  stop(): Promise<void>;
}

const image = 'eventstore/eventstore:23.10.6-jammy';
const port = 2113;

/**
 * The server that EVENT_STORE_URL names, else one in a container.
 *
 * @returns the reason where there is none, with how to have one, for `describe.skipIf`.
 */
export async function startEventStoreDb(): Promise<EventStoreDbServer | { missing: string }> {
  const given = process.env.EVENT_STORE_URL;
  if (given?.startsWith('esdb') === true)
    return { name: 'server at EVENT_STORE_URL', url: given, stop: async () => {} };
  if (process.env.DOCKER_HOST === undefined && !existsSync('/var/run/docker.sock')) {
    return { missing: 'no EventStoreDB: run with EVENT_STORE_URL=esdb://localhost:2113?tls=false, or start Docker' };
  }
  const { GenericContainer, Wait } = await import('testcontainers');
  const container = await new GenericContainer(image)
    .withEnvironment({
      EVENTSTORE_INSECURE: 'true',
      EVENTSTORE_RUN_PROJECTIONS: 'None',
      EVENTSTORE_TELEMETRY_OPTOUT: 'true',
    })
    .withExposedPorts(port)
    .withWaitStrategy(Wait.forHttp('/health/live', port).forStatusCode(204))
    .start();
  return {
    name: `EventStoreDB (${image} in a container)`,
    url: `esdb://${container.getHost()}:${container.getMappedPort(port)}?tls=false`,
    stop: async () => void (await container.stop()),
  };
}
