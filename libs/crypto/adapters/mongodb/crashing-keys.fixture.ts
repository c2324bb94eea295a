import { createHash, type KeyObject } from 'node:crypto';
import type { PersonKeys } from '../../src/person-keys.port.ts';
import { openMongodbPersonKeys } from './index.ts';

interface Place {
  readonly path: string;
  readonly wrappingKey: KeyObject;
}

/** Opens the database that belongs to a path, on the server of `CRASH_SERVER_URL`. */
export function openForPath({ path, wrappingKey }: Place): Promise<PersonKeys> {
  const url = new URL(process.env.CRASH_SERVER_URL ?? 'mongodb://127.0.0.1');
  url.pathname = `/evident_crash_${createHash('sha256').update(path).digest('hex').slice(0, 12)}`;
  return openMongodbPersonKeys({ url: url.href, wrappingKey, leaseMs: 20 });
}
