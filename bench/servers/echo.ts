import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { load } from '../load/load.ts';
import { type Loaded, type PlannedRequest, postJson } from '../load/plan.ts';
import type { Opened, Resource, Round, Sample } from '../program.ts';
import type { Furnished } from './furnished.ts';

export interface Echo {
  readonly url: string;
  readonly pid: number | undefined;
}

/** What bare fastify and zod make of the body of a sign-in: the limit of a request that does nothing. */
export async function startEcho(): Promise<Opened<Echo>> {
  const child: ChildProcess = fork(join(import.meta.dirname, 'echo-server.ts'), [], { execArgv: [] });
  const [port] = await once(child, 'message');
  return {
    value: { url: `http://127.0.0.1:${port}`, pid: child.pid },
    async close() {
      child.kill();
      await once(child, 'exit');
    },
  };
}

export const echoLimit = 'a bare fastify + zod echo';
export const httpConnections = 64;

async function askEcho({ use, seconds }: Round): Promise<Loaded> {
  const { url, pid } = await use(startEcho);
  const body = { username: 'jdoe', password: 'secretpassword', api_key: 'k'.repeat(43) };
  const requests = [postJson('/echo', body)];
  return load({ url, seconds, connections: httpConnections, requests, server: pid });
}

export async function echoPerSecond(round: Round): Promise<number> {
  return (await askEcho(round)).perSecond;
}

/** What the users of a server ask of it, by as many connections as the echo has. */
export async function askServer(
  { use, seconds }: Round,
  server: Resource<Furnished>,
  requests: readonly PlannedRequest[],
): Promise<Loaded> {
  const { url, deployment } = await use(server);
  return load({ url, seconds, connections: httpConnections, requests, server: deployment.process.pid });
}

/** The same after the echo, beside it; by processor time too, which other work on the machine changes little. */
export async function askBesideEcho(
  round: Round,
  server: Resource<Furnished>,
  requests: readonly PlannedRequest[],
): Promise<Sample> {
  const echo = await askEcho(round);
  const loaded = await askServer(round, server, requests);
  return {
    figure: loaded.perSecond,
    limit: echo.perSecond,
    also: {
      'p50, ms': loaded.p50,
      'p99, ms': loaded.p99,
      'p99 / p50': loaded.p99 / loaded.p50,
      'processor time, µs': loaded.processorUs,
      'processor time of the limit, µs': echo.processorUs,
      'ratio by processor time': echo.processorUs / loaded.processorUs,
    },
  };
}
