import { createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import { describe, it } from 'vitest';
import { backupCases } from './person-keys-backup.cases.ts';
import type { PersonKeysCase, PersonKeysStore } from './person-keys-case.ts';
import { erasureCases } from './person-keys-erasure.cases.ts';
import { keyCases } from './person-keys-key.cases.ts';

/** Makes a fresh, isolated store whose keys are wrapped by this key. */
export type PersonKeysHarness = (wrappingKey: KeyObject) => Promise<PersonKeysStore>;

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
