import { createPasswordHasher } from '@evident/crypto';
import { argon2Limit, argon2Parameters, argon2PerSecond, decoyHash, hashingConnections } from '../limits/argon2.ts';
import { closedLoop } from '../load/closed-loop.ts';
import type { Program, Resource } from '../program.ts';

const hasher: Resource<ReturnType<typeof createPasswordHasher>> = async () => {
  const value = createPasswordHasher(argon2Parameters);
  return { value, close: () => value.close() };
};

export const hash: Program = {
  name: 'hash',
  measures: 'verifications through the password hasher, 16 callers waiting, without HTTP and log',
  unit: 'per second',
  limit: argon2Limit,
  budget: [],
  isHere: true,
  async run(round) {
    const phc = await round.use(decoyHash);
    const passwords = await round.use(hasher);
    const limit = await argon2PerSecond(round);
    const looped = await closedLoop(round.seconds, hashingConnections, () => passwords.verify(phc, 'a wrong password'));
    return { figure: looped.perSecond, limit, also: { 'p50, ms': looped.p50, 'p99, ms': looped.p99 } };
  },
};
