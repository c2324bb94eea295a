import { hash } from 'node:crypto';

/** One step from a leaf to the root: the other half, and on which side it stands. */
export interface ProofStep {
  readonly side: 'left' | 'right';
  /** 64 hex digits. */
  readonly hash: string;
}

/**
 * The root of the Merkle tree over digests (64 hex digits each), as RFC 9162 section 2.1.1 defines it: leaves and nodes
 * are hashed with a prefix of their own, so that neither passes for the other, and a tree of n leaves is split at the
 * largest power of two below n. Throws where there is no leaf.
 */
export function merkleRoot(digests: readonly string[]): string {
  const root = new MerkleRoot();
  for (const digest of digests) root.add(digest);
  return root.root();
}

/** The same root, one digest at a time, in the memory of one path: for a stretch of any length. */
export class MerkleRoot {
  /** Roots of complete subtrees, the largest first; each is as large as a bit of the count says. */
  readonly #subtrees: { readonly size: number; readonly hash: string }[] = [];
  #count = 0;

  get count(): number {
    return this.#count;
  }

  add(digest: string): void {
    let node = { size: 1, hash: leafHash(digest) };
    for (let last = this.#subtrees.at(-1); last?.size === node.size; last = this.#subtrees.at(-1)) {
      this.#subtrees.pop();
      node = { size: 2 * node.size, hash: nodeHash(last.hash, node.hash) };
    }
    this.#subtrees.push(node);
    this.#count += 1;
  }

  root(): string {
    const root = this.#subtrees.reduceRight<string | undefined>(
      (right, left) => (right === undefined ? left.hash : nodeHash(left.hash, right)),
      undefined,
    );
    if (root === undefined) throw new RangeError('a tree without leaves has no root');
    return root;
  }
}

/** That the digest at an index is under the root, from the leaf upwards (RFC 9162 section 2.1.3). */
export function merkleProof(digests: readonly string[], index: number): readonly ProofStep[] {
  if (digests.length <= 1) return [];
  const half = largestPowerBelow(digests.length);
  const [left, right] = [digests.slice(0, half), digests.slice(half)];
  return index < half
    ? [...merkleProof(left, index), { side: 'right', hash: merkleRoot(right) }]
    : [...merkleProof(right, index - half), { side: 'left', hash: merkleRoot(left) }];
}

/** The root to which a digest and its proof lead. */
export function rootOf(digest: string, proof: readonly ProofStep[]): string {
  return proof.reduce(
    (node, { side, hash: other }) => (side === 'left' ? nodeHash(other, node) : nodeHash(node, other)),
    leafHash(digest),
  );
}

function leafHash(digest: string): string {
  return hash('sha256', Buffer.from(`00${digest}`, 'hex'), 'hex');
}

function nodeHash(left: string, right: string): string {
  return hash('sha256', Buffer.from(`01${left}${right}`, 'hex'), 'hex');
}

function largestPowerBelow(count: number): number {
  return 2 ** (Math.ceil(Math.log2(count)) - 1);
}
