import { createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import { describe, it } from 'vitest';
import type { PersonKeys } from '../src/person-keys.port.ts';
import { backupCases } from './person-keys-backup.cases.ts';
import { erasureCases } from './person-keys-erasure.cases.ts';
import { keyCases } from './person-keys-key.cases.ts';

/** One store, empty at first, which any number of processes share. */
export interface PersonKeysStore {
  /** Opens it as one more process would. */
  connect(options?: { readonly readOnly?: boolean }): Promise<PersonKeys>;
  /** Closes every connection and removes the store. */
  destroy(): Promise<void>;
}

/** Makes a fresh, isolated store whose keys are wrapped by this key. */
export type PersonKeysHarness = (wrappingKey: KeyObject) => Promise<PersonKeysStore>;

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

/** Every promise of the port, one case each. */
export const personKeysCases: readonly PersonKeysCase[] = [...keyCases, ...erasureCases, ...backupCases];

/** Runs one case against a fresh store. */
export async function runPersonKeysCase(one: PersonKeysCase, harness: PersonKeysHarness): Promise<void> {
  const wrappingKey = createSecretKey(randomBytes(32));
  const stores: PersonKeysStore[] = [];
  const made = async (key: KeyObject) => {
    const store = await harness(key);
    stores.push(store);
    return store;
  };
  try {
    const store = await made(wrappingKey);
    await one.run({ store, anotherStore: (options) => made(options?.wrappingKey ?? wrappingKey) });
  } finally {
    for (const store of stores) await store.destroy();
  }
}

/** Binds the suite to an adapter. `skip` names cases it cannot pass, each with the reason, which is printed. */
export function personKeysContract(
  name: string,
  harness: PersonKeysHarness,
  skip: Readonly<Record<string, string>> = {},
): void {
  const unknown = Object.keys(skip).filter((skipped) => !personKeysCases.some((one) => one.name === skipped));
  if (unknown.length > 0) throw new Error(`no such case: ${unknown.join(', ')}`);
  describe(`contract=person-keys ${name}`, () => {
    for (const one of personKeysCases) {
      const reason = skip[one.name];
      if (reason === undefined) it(one.name, () => runPersonKeysCase(one, harness));
      else it.skip(`${one.name} (skipped: ${reason})`);
    }
  });
}
