import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

export interface Health {
  /** The longest that `/health` took, in milliseconds. */
  readonly worstMs: number;
  /** The same without the time in which the server was ready to run and others ran. */
  readonly worstOwnMs: number;
  readonly answers: number;
  readonly failures: readonly string[];
}

/** Watches `/health` from a process of its own, so that what this one does meanwhile is not counted. */
export async function watchHealth(url: string, server: number): Promise<{ end(): Promise<Health> }> {
  const child = fork(join(import.meta.dirname, 'health-prober.ts'), [url, String(server)], {
    execArgv: [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  await once(child, 'message');
  return {
    async end() {
      const told = once(child, 'message');
      child.send('enough');
      const [health] = (await told) as [Health];
      return health;
    },
  };
}
