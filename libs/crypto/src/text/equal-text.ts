import { timingSafeEqual } from 'node:crypto';

/**
 * Whether two texts are the same, in a time that does not depend on where they differ. Their lengths may show:
 * use it for texts of one fixed form (hashes, keys, tickets).
 */
export function equalText(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}
