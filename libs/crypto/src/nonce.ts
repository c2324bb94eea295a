import { randomFillSync } from 'node:crypto';

export const NONCE_BYTES = 12;

const pool = Buffer.alloc(NONCE_BYTES * 256);
let used = pool.length;

/**
 * 96 random bits that were never given out before. Drawn from the system 256 at a time, as one draw costs as much as
 * the sealing itself.
 */
export function freshNonce(): Buffer {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const nonce = Buffer.from(pool.subarray(used, used + NONCE_BYTES));
  used += NONCE_BYTES;
  return nonce;
}
