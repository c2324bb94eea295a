import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { load, postJson } from '../load/load.ts';
import type { Opened, Round } from '../program.ts';

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

export async function echoPerSecond({ use, seconds }: Round): Promise<number> {
  const { url } = await use(startEcho);
  const body = { username: 'jdoe', password: 'secretpassword', api_key: 'k'.repeat(43) };
  const { perSecond } = await load({ url, seconds, connections: httpConnections, requests: [postJson('/echo', body)] });
  return perSecond;
}
