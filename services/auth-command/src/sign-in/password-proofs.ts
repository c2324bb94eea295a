import type { PasswordHasher, ProvenPasswordMemo } from '@evident/crypto';
import { preparePassword } from '@evident/domain';
import { standIn } from '../attempts/stand-in.ts';
import type { PasswordSeal } from '../passwords/password-seal.ts';
import type { Candidate } from './find-candidate.ts';

/** A password as it was typed at sign-in. */
export interface TypedPassword {
  /** Prepared, or raw where it cannot be anybody's. */
  readonly text: string;
  /** False for what no stored password can be: it is hashed like any other, and never matches. */
  readonly possible: boolean;
}

export function typedPassword(password: string): TypedPassword {
  const prepared = preparePassword(password);
  return prepared.ok ? { text: prepared.prepared, possible: true } : { text: password, possible: false };
}

export interface Compared {
  readonly outcome: 'compared';
  readonly matches: boolean;
  /** False where a remembered proof answered: then nothing was hashed. */
  readonly hashed: boolean;
  /** Right, and stored at another cost than today's. */
  readonly outdated: boolean;
}

export type Comparison = Compared | { readonly outcome: 'overloaded'; readonly retryAfterSeconds: number };

const remembered: Compared = { outcome: 'compared', matches: true, hashed: false, outdated: false };

/** Compares passwords at one cost for everybody: where there is no hash to compare with, a decoy is computed. */
export class PasswordProofs {
  readonly #hasher: PasswordHasher;
  readonly #seal: PasswordSeal;
  readonly #memo: ProvenPasswordMemo | undefined;
  /** Sealed as a user's hash is, so that opening it costs the same. */
  readonly #decoy: Candidate;

  /** `memo`: remembers by the sealed text, so that a repeated password is not even unsealed. */
  constructor(hasher: PasswordHasher, seal: PasswordSeal, memo: ProvenPasswordMemo | undefined) {
    this.#hasher = hasher;
    this.#seal = seal;
    this.#memo = memo;
    this.#decoy = { userId: standIn, passwordHash: seal.seal(standIn, hasher.decoyHash()) };
  }

  /** Hashes wait for a thread. */
  get areWaiting(): boolean {
    return this.#hasher.queued > 0;
  }

  /** Answers without a promise where the proof is remembered. */
  compare(
    candidate: Candidate | undefined,
    password: TypedPassword,
    { mayRemember }: { readonly mayRemember: boolean },
  ): Comparison | Promise<Comparison> {
    if (mayRemember && this.remembers(candidate, password)) return remembered;
    return this.#hash(candidate, password);
  }

  /** This password was right for this very hash, lately and in this process. */
  remembers(candidate: Candidate | undefined, password: TypedPassword): boolean {
    return candidate !== undefined && this.#memo?.knows(candidate.passwordHash, password.text) === true;
  }

  /** Computes a decoy: what a comparison would have cost. */
  spend(password: TypedPassword): Promise<Comparison> {
    return this.#hash(undefined, password);
  }

  async #hash(candidate: Candidate | undefined, password: TypedPassword): Promise<Comparison> {
    const compared = candidate !== undefined && candidate.passwordHash !== '' ? candidate : undefined;
    const { userId, passwordHash } = compared ?? this.#decoy;
    const phc = this.#seal.open(userId, passwordHash);
    const verified = await this.#hasher.verify(phc, password.text);
    if (typeof verified === 'object') {
      return { outcome: 'overloaded', retryAfterSeconds: verified.retryAfterSeconds };
    }
    const matches = verified === 'match' && compared !== undefined && password.possible;
    if (matches) this.#memo?.remember(compared.passwordHash, password.text);
    return { outcome: 'compared', matches, hashed: true, outdated: matches && this.#hasher.needsRehash(phc) };
  }
}
