import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MerkleRoot, merkleProof, merkleRoot, rootOf } from '../index.ts';

const digestOf = (text: string) => createHash('sha256').update(text).digest('hex');
const digests = (count: number) => Array.from({ length: count }, (_, index) => digestOf(String(index)));
const leaf = (digest: string) =>
  createHash('sha256')
    .update(Buffer.from(`00${digest}`, 'hex'))
    .digest('hex');
const node = (left: string, right: string) =>
  createHash('sha256')
    .update(Buffer.from(`01${left}${right}`, 'hex'))
    .digest('hex');

/** The definition as the RFC writes it. */
function asDefined(leaves: readonly string[]): string {
  if (leaves.length === 1) return leaf(leaves[0] ?? '');
  let half = 1;
  while (half * 2 < leaves.length) half *= 2;
  return node(asDefined(leaves.slice(0, half)), asDefined(leaves.slice(half)));
}

describe('a Merkle tree', () => {
  it('has the root that its definition gives, for every number of leaves', () => {
    for (let count = 1; count <= 70; count++) expect(merkleRoot(digests(count))).toBe(asDefined(digests(count)));
    expect(() => new MerkleRoot().root()).toThrow(RangeError);
  });

  it('proves each of its leaves, and no other digest in its place', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), fc.nat(), (count, seed) => {
        const leaves = digests(count);
        const index = seed % count;
        const proof = merkleProof(leaves, index);
        expect(rootOf(leaves[index] ?? '', proof)).toBe(merkleRoot(leaves));
        expect(rootOf(digestOf('another'), proof)).not.toBe(merkleRoot(leaves));
        expect(proof.length).toBeLessThanOrEqual(Math.ceil(Math.log2(count)));
      }),
      { numRuns: 60 },
    );
  });

  it('changes with a changed, removed, added or moved leaf', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 60 }),
        fc.nat(),
        fc.constantFrom('change', 'remove', 'add', 'swap'),
        (count, seed, how) => {
          const leaves = digests(count);
          const index = seed % (count - 1);
          const other = [...leaves];
          if (how === 'change') other[index] = digestOf('changed');
          if (how === 'remove') other.splice(index, 1);
          if (how === 'add') other.splice(index, 0, digestOf('added'));
          if (how === 'swap') other.splice(index, 2, leaves[index + 1] ?? '', leaves[index] ?? '');
          expect(merkleRoot(other)).not.toBe(merkleRoot(leaves));
        },
      ),
      { numRuns: 100 },
    );
  });
});
