/**
 * Verifications of argon2id a second: bare (one thread for each core that does nothing else) and through the
 * password hasher with several callers waiting, alternating; the share is the median of the pairs.
 * `node --conditions=@evident/source bench/hash.ts [seconds a run] [pairs] [memory KiB] [passes]`
 */
import { availableParallelism } from 'node:os';
import { createPasswordHasher } from '@evident/crypto';
import { ratioTable } from './figures.ts';
import { bareArgon2Rate } from './limits/bare-argon2.ts';

const [seconds = 3, pairs = 5, memoryKib = 19_456, passes = 2] = process.argv.slice(2).map(Number);
const cores = availableParallelism();

async function hasherRate(phc: string): Promise<number> {
  const hasher = createPasswordHasher({ memoryKib, passes, lanes: 1 });
  await Promise.all(Array.from({ length: cores * 2 }, () => hasher.verify(phc, 'warm')));
  const began = performance.now();
  const end = began + seconds * 1_000;
  let count = 0;
  const caller = async () => {
    for (; performance.now() < end; count += 1) await hasher.verify(phc, 'a wrong password');
  };
  await Promise.all(Array.from({ length: cores * 8 }, caller));
  const rate = count / ((performance.now() - began) / 1_000);
  await hasher.close();
  return rate;
}

const maker = createPasswordHasher({ memoryKib, passes, lanes: 1, threads: 1 });
const phc = maker.decoyHash();
await maker.close();
const bare: number[] = [];
const hashed: number[] = [];
for (let pair = 0; pair < pairs; pair += 1) {
  bare.push(await bareArgon2Rate(phc, seconds));
  hashed.push(await hasherRate(phc));
}
console.log(`argon2id m=${memoryKib} t=${passes} p=1, ${cores} cores, ${pairs} pairs of ${seconds} s`);
process.stdout.write(
  ratioTable([
    { what: 'bare verifications', perSecond: bare },
    { what: 'through the hasher', perSecond: hashed, beside: bare },
  ]),
);
