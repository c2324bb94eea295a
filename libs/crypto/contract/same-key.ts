import assert from 'node:assert/strict';
import type { KeyObject } from 'node:crypto';
import type { PersonKeys, PersonKeysFaultCode } from '../src/person-keys.port.ts';

type Keys = ReadonlyMap<string, KeyObject>;

/** The person's key; the case fails where there is none. */
export function keyIn(keys: Keys, person: string): KeyObject {
  const key = keys.get(person);
  assert.ok(key !== undefined, `no key of ${person}`);
  return key;
}

export async function obtained(keys: PersonKeys, person: string): Promise<KeyObject> {
  return keyIn(await keys.obtain([person]), person);
}

export function assertSameKey(a: KeyObject, b: KeyObject): void {
  assert.ok(a.equals(b), 'expected the same key');
}

/** By the code, not the class: an adapter may be loaded from a second copy of the package. */
export async function assertFault(code: PersonKeysFaultCode, attempt: () => unknown): Promise<void> {
  await assert.rejects(async () => attempt(), { name: 'PersonKeysFault', code });
}

export async function collected<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}
