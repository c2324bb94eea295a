import { createPasswordHasher } from '@evident/crypto';
import type { Resource, Round } from '../program.ts';
import { bareArgon2Rate } from './bare-argon2.ts';

export const argon2Parameters = { memoryKib: 19_456, passes: 2, lanes: 1 };
export const argon2Limit = 'bare argon2id verifications, a thread for each core';
/** Enough to keep every hashing thread busy, and few enough that none is shed. */
export const hashingConnections = 16;

export const decoyHash: Resource<string> = async () => {
  const hasher = createPasswordHasher({ ...argon2Parameters, threads: 1 });
  const value = hasher.decoyHash();
  await hasher.close();
  return { value, close: () => undefined };
};

export async function argon2PerSecond({ use, seconds }: Round): Promise<number> {
  return bareArgon2Rate(await use(decoyHash), seconds);
}
