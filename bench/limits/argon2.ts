import { createPasswordHasher } from '@evident/crypto';
import type { Loaded } from '../load/plan.ts';
import type { Resource, Round } from '../program.ts';
import { bareArgon2Rate } from './bare-argon2.ts';

export const argon2Parameters = { memoryKib: 19_456, passes: 2, lanes: 1 };
export const argon2Limit = 'bare argon2id verifications, a thread for each core';
/** A crowd, so that a thread always takes several passwords with it, and few enough that none is shed. */
export const hashingConnections = 64;

export const decoyHash: Resource<string> = async () => {
  const hasher = createPasswordHasher({ ...argon2Parameters, threads: 1 });
  const value = hasher.decoyHash();
  await hasher.close();
  return { value, close: () => undefined };
};

export interface BareArgon2 {
  readonly perSecond: number;
  /** Microseconds of processor time for each verification. */
  readonly processorUs: number;
}

export async function bareArgon2({ use, seconds }: Round): Promise<BareArgon2> {
  const phc = await use(decoyHash);
  const [before, began] = [process.cpuUsage(), performance.now()];
  const perSecond = await bareArgon2Rate(phc, seconds);
  const { user, system } = process.cpuUsage(before);
  const verifications = (perSecond * (performance.now() - began)) / 1_000;
  return { perSecond, processorUs: (user + system) / verifications };
}

export async function argon2PerSecond(round: Round): Promise<number> {
  return (await bareArgon2(round)).perSecond;
}

/** The same comparison by processor time, which other work on the machine changes little. */
export function besideArgon2(loaded: Loaded, bare: BareArgon2): Readonly<Record<string, number>> {
  return {
    'p50, ms': loaded.p50,
    'p99, ms': loaded.p99,
    'p99 / p50': loaded.p99 / loaded.p50,
    'processor time, µs': loaded.processorUs,
    'processor time of the limit, µs': bare.processorUs,
    'ratio by processor time': bare.processorUs / loaded.processorUs,
  };
}
