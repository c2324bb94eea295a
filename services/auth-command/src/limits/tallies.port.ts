import type { Tally } from '@evident/domain';

/**
 * What is remembered of attempts, by key. A cache of what the sign-in streams say, kept because asking them for each
 * attempt would cost too much: it may forget, and whoever finds nothing under a key refills it from the log.
 *
 * Reading and writing answer at once, so that between a read and the write that follows it no other attempt of this
 * process can come in. Between processes nothing is shared: n of them answer up to n times as many failures.
 */
export interface Tallies {
  /** Undefined where nothing is remembered. */
  read(key: string): Tally | undefined;
  write(key: string, tally: Tally): void;
}
