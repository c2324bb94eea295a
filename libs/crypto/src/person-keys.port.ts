import type { KeyObject } from 'node:crypto';

/**
 * The keys under which what is personal is sealed, one for each person, kept outside the log and the views so that
 * erasing a person is deleting a key.
 *
 * A person is named by 1 to 200 visible ASCII characters that say nothing personal: a UUID, or `unknown-<yyyy-mm>`
 * for attempts where nobody was found, whose keys are erased on schedule like a person's. Other names are `misuse`.
 * Every call rejects with `PersonKeysFault` for faults; an absent key is no fault.
 */
export interface PersonKeys {
  /**
   * The keys of these persons, made where they have none. Durable before it resolves. Of several processes that
   * make the same key at once one wins and all get that one. Persons who were erased are absent from the answer:
   * their keys are never made again. Calls at the same moment share one commit.
   */
  obtain(persons: readonly string[]): Promise<ReadonlyMap<string, KeyObject>>;

  /** The keys that exist. Absent: erased, or never made. Sees every key whose `obtain` resolved, in any process. */
  find(persons: readonly string[]): Promise<ReadonlyMap<string, KeyObject>>;

  /**
   * What this process knows without waiting: the key, `erased`, or undefined where it does not know and `find` must
   * be asked. Never a key whose erasure, in whichever process, was acknowledged before the call.
   */
  peek(person: string): KeyObject | 'erased' | undefined;

  /**
   * Deletes the key for ever and remembers that it did, so that neither `obtain` nor `importWrapped` brings one
   * back. True where a key was deleted now, false where there was none (never, or erased before: idempotent); in
   * both cases the person counts as erased. Durable before it resolves. Copies of the log, and objects that were
   * handed out before, are beyond its reach: hold keys no longer than a request.
   */
  erase(person: string): Promise<boolean>;

  /**
   * Every key in wrapped form, for a backup file with a bounded life. In no order. Every key that was there when it
   * began and is not erased meanwhile is given; take it after the copy of the log, so that no key the copy needs is
   * missing.
   */
  exportWrapped(): AsyncIterable<WrappedPersonKey>;

  /**
   * Takes back what `exportWrapped` gave. A person erased here stays erased, and a key that is here is never
   * replaced. Durable before it resolves; idempotent, so after a fault it can be repeated. Rejects with `wrong-key`
   * at the first entry that was wrapped under another key; entries before it may have been taken.
   */
  importWrapped(entries: Iterable<WrappedPersonKey> | AsyncIterable<WrappedPersonKey>): Promise<ImportedPersonKeys>;

  /** Everyone who was erased: kept outside backups, and applied by `erase` to a restored store before it serves. */
  erasedPersons(): AsyncIterable<string>;

  /** Finishes what is under way, then lets go of the store. Idempotent. */
  close(): Promise<void>;
}

export interface WrappedPersonKey {
  readonly person: string;
  /** The key, sealed under the wrapping key with the person's name as associated data. */
  readonly wrapped: string;
}

export interface ImportedPersonKeys {
  /** Not there before. */
  readonly imported: number;
  /** The very same key was there. */
  readonly present: number;
  /** Left out: the person was erased. */
  readonly erased: number;
  /** Left out: the person has another key here, made since the export. */
  readonly differing: number;
}

/** `newer-version`: a later program made the place of the keys; nothing is wrong with it. */
export type PersonKeysFaultCode =
  | 'wrong-key'
  | 'damaged'
  | 'newer-version'
  | 'unavailable'
  | 'disk-full'
  | 'closed'
  | 'misuse';

export class PersonKeysFault extends Error {
  override readonly name = 'PersonKeysFault';
  readonly code: PersonKeysFaultCode;
  constructor(code: PersonKeysFaultCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}
