import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Load, Seen } from './plan.ts';

export async function byAutocannon(plan: Load): Promise<Seen> {
  const child = fork(join(import.meta.dirname, 'autocannon-process.ts'), { execArgv: [] });
  child.send(plan);
  const [seen] = (await once(child, 'message')) as [Seen];
  return seen;
}
