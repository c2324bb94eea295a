import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { HashingQueue } from './hashing-queue.ts';
import { NotComputed } from './hashing-task.ts';
import { formatPhc, type PhcParameters, parsePhc } from './phc-string.ts';

/** Cost of new hashes (RFC 9106), and how many are computed and may wait at once. */
export interface PasswordHasherOptions extends PhcParameters {
  /** Hashes computed at once; default: the processors of the machine. Each takes `memoryKib` while it runs. */
  readonly threads?: number;
  /**
   * Hashes that may wait. Default: 150 for each thread, two seconds of work at the usual cost. Whatever is given,
   * one that would wait more than two seconds at the measured rate is shed as well.
   */
  readonly maxQueue?: number;
}

export interface Overloaded {
  readonly overloaded: true;
  /** Whole seconds, at least 1: when the present queue will have been worked off. */
  readonly retryAfterSeconds: number;
}

export type HashOutcome =
  | { readonly outcome: 'hashed' /** PHC string. */; readonly phc: string }
  | { readonly outcome: 'overloaded'; readonly retryAfterSeconds: number };

export type VerifyOutcome = 'match' | 'mismatch' | Overloaded;

export type PasswordHashFaultCode = 'malformed' | 'too-costly' | 'not-computed' | 'closed' | 'thread-failed';

/** A stored hash that is none, a hash beyond what this process may compute, or no thread to compute it. */
export class PasswordHashFault extends Error {
  override readonly name = 'PasswordHashFault';
  readonly code: PasswordHashFaultCode;
  constructor(code: PasswordHashFaultCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}

/** Argon2id (RFC 9106) in threads of its own, with bounded memory and bounded waiting. */
export interface PasswordHasher {
  /** Rejects with `PasswordHashFault`: `thread-failed` where no thread was to be had or it died, which may pass. */
  hash(password: string): Promise<HashOutcome>;
  /**
   * Compares in constant time. The cost is that of the stored hash. Rejects with `PasswordHashFault`: `malformed`
   * where `phc` is no argon2id hash, `too-costly` where it asks for far more than the configured cost, `not-computed`
   * where the library makes nothing of it, and as `hash` does.
   */
  verify(phc: string, password: string): Promise<VerifyOutcome>;
  /** Whether the hash was made at another cost than the configured one; also true for what is no hash. */
  needsRehash(phc: string): boolean;
  /** A hash of the configured cost that no password matches: to spend on an unknown user what a known one costs. */
  decoyHash(): string;
  readonly queued: number;
  readonly running: number;
  /** Finishes what was taken. Afterwards every call rejects with `closed`. Idempotent. */
  close(): Promise<void>;
}

const WAITING_PER_THREAD = 150;
/** 38,912 KiB·passes took 13 ms where this was measured: only the first guess, measurements follow. */
const KIB_PASSES_PER_MS = 3_000;
/** A stored hash may ask for this much more than the configured cost (it was lowered since), never for more. */
const COSTLIER_AT_MOST = 4;
const ALWAYS_ACCEPTED_KIB_PASSES = 262_144;

/** See {@link PasswordHasher}. Nothing is started before the first call. */
export function createPasswordHasher(options: PasswordHasherOptions): PasswordHasher {
  const cost: PhcParameters = { memoryKib: options.memoryKib, passes: options.passes, lanes: options.lanes };
  const threads = options.threads ?? availableParallelism();
  const decoy = formatPhc(cost, randomBytes(16), randomBytes(32));
  if (parsePhc(decoy) === undefined)
    throw new RangeError('argon2id needs passes and lanes of 1 and 8 KiB for each lane');
  const work = ({ memoryKib, passes }: PhcParameters) => memoryKib * passes;
  const acceptedWork = Math.max(ALWAYS_ACCEPTED_KIB_PASSES, work(cost) * COSTLIER_AT_MOST);
  const queue = new HashingQueue({
    threads,
    maxQueue: options.maxQueue ?? threads * WAITING_PER_THREAD,
    expectedMs: work(cost) / KIB_PASSES_PER_MS,
  });
  let closed: Promise<void> | undefined;

  const run = async (task: Parameters<typeof queue.run>[0]) => {
    if (closed !== undefined) throw new PasswordHashFault('closed', 'the password hasher is closed');
    try {
      return await queue.run(task);
    } catch (error) {
      if (error instanceof NotComputed) throw new PasswordHashFault('not-computed', error.message, error);
      throw new PasswordHashFault('thread-failed', 'a hashing thread failed', error);
    }
  };

  return {
    async hash(password) {
      const result = await run({ kind: 'hash', password, cost });
      if ('retryAfterSeconds' in result) return { outcome: 'overloaded', retryAfterSeconds: result.retryAfterSeconds };
      if (result.kind !== 'hash') throw new PasswordHashFault('not-computed', 'a hashing thread answered another task');
      return { outcome: 'hashed', phc: result.phc };
    },
    async verify(phc, password) {
      const parameters = parsePhc(phc);
      if (parameters === undefined)
        throw new PasswordHashFault('malformed', 'the stored password hash is not argon2id');
      if (work(parameters) > acceptedWork)
        throw new PasswordHashFault('too-costly', 'the stored hash asks for too much');
      const result = await run({ kind: 'verify', phc, password });
      if ('retryAfterSeconds' in result) return { overloaded: true, retryAfterSeconds: result.retryAfterSeconds };
      if (result.kind !== 'verify')
        throw new PasswordHashFault('not-computed', 'a hashing thread answered another task');
      return result.match ? 'match' : 'mismatch';
    },
    needsRehash(phc) {
      const parameters = parsePhc(phc);
      return (
        parameters?.memoryKib !== cost.memoryKib || parameters.passes !== cost.passes || parameters.lanes !== cost.lanes
      );
    },
    decoyHash: () => decoy,
    get queued() {
      return queue.queued;
    },
    get running() {
      return queue.running;
    },
    close() {
      closed ??= queue.close();
      return closed;
    },
  };
}
