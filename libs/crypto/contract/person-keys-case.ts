import type { KeyObject } from 'node:crypto';
import type { PersonKeys } from '../src/person-keys.port.ts';

/** One store, empty at first, which any number of processes share. */
export interface PersonKeysStore {
  /** Opens it as one more process would. */
  connect(options?: { readonly readOnly?: boolean }): Promise<PersonKeys>;
  /** Closes every connection and removes the store. */
  destroy(): Promise<void>;
}

/** What a case works with. */
export interface PersonKeysBench {
  readonly store: PersonKeysStore;
  /** Another empty store under the same wrapping key, or under a new one. */
  anotherStore(options?: { readonly wrappingKey: KeyObject }): Promise<PersonKeysStore>;
}

export interface PersonKeysCase {
  readonly name: string;
  /** Rejects where the adapter breaks the promise. */
  run(bench: PersonKeysBench): Promise<void>;
}
