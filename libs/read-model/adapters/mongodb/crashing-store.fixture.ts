import { createHash } from 'node:crypto';
import type { ReadModelStore } from '../../src/read-model.port.ts';
import { openMongodbReadModel } from './index.ts';

/** Opens the database that belongs to a path, on the server of `CRASH_SERVER_URL`. */
export function openForPath({ path }: { readonly path: string }): Promise<ReadModelStore> {
  const url = new URL(process.env.CRASH_SERVER_URL ?? 'mongodb://127.0.0.1');
  url.pathname = `/evident_crash_${createHash('sha256').update(path).digest('hex').slice(0, 12)}`;
  return openMongodbReadModel({ url: url.href });
}
