import { createSecretKey, type KeyObject } from 'node:crypto';
import { generateKey, unwrapKey, wrapKey } from '../src/keys/wrapped-key.ts';
import { type PersonKeys, PersonKeysFault } from '../src/person-keys.port.ts';
import type { PersonKeysStore } from './person-keys-case.ts';

/** Ways to be wrong that a careless adapter would have; the suite has to notice each. */
export type BreakablePersonKeysFlaw =
  | 'every process makes its own'
  | 'erased keys are made again'
  | 'memory outlives erasure'
  | 'erasure leaves no mark'
  | 'import replaces'
  | 'import revives'
  | 'import does not unwrap'
  | 'export stops at a thousand'
  | 'read-only writes'
  | 'close forgets';

interface State {
  readonly keys: Map<string, KeyObject>;
  readonly erased: Set<string>;
}

/** The whole port in memory. Without a flaw it passes the suite, with one it must not. */
export function createBreakablePersonKeysStore(
  wrappingKey: KeyObject,
  flaw?: BreakablePersonKeysFlaw,
): PersonKeysStore {
  const state: State = { keys: new Map(), erased: new Set() };
  return {
    connect: async (options) => connection(state, wrappingKey, { flaw, readOnly: options?.readOnly ?? false }),
    async destroy() {},
  };
}

function connection(
  state: State,
  wrappingKey: KeyObject,
  { flaw, readOnly }: { flaw: BreakablePersonKeysFlaw | undefined; readOnly: boolean },
): PersonKeys {
  const own = new Map<string, KeyObject>();
  let closed = false;

  const check = (persons: readonly string[], writes = false) => {
    if (closed && flaw !== 'close forgets') throw new PersonKeysFault('closed', 'closed');
    if (!persons.every((person) => /^[\x21-\x7e]{1,200}$/.test(person))) throw new PersonKeysFault('misuse', 'name');
    if (writes && readOnly && flaw !== 'read-only writes') throw new PersonKeysFault('misuse', 'read only');
  };
  const current = (person: string): KeyObject | undefined => {
    const shared = state.keys.get(person);
    const remembered = own.get(person);
    if (flaw === 'memory outlives erasure' || flaw === 'every process makes its own') return remembered ?? shared;
    return shared;
  };
  const make = (person: string): KeyObject | undefined => {
    if (state.erased.has(person) && flaw !== 'erased keys are made again') return undefined;
    const made = createSecretKey(generateKey());
    if (flaw !== 'every process makes its own' || !state.keys.has(person)) state.keys.set(person, made);
    return made;
  };
  const found = (persons: readonly string[], makeMissing: boolean) => {
    const keys = new Map<string, KeyObject>();
    for (const person of persons) {
      const present = flaw === 'every process makes its own' && makeMissing ? own.get(person) : current(person);
      const key = present ?? (makeMissing ? make(person) : undefined);
      if (key === undefined) continue;
      own.set(person, key);
      keys.set(person, key);
    }
    return keys;
  };

  return {
    async obtain(persons) {
      const missing = persons.some((person) => current(person) === undefined && !state.erased.has(person));
      check(persons, missing);
      return found(persons, true);
    },
    async find(persons) {
      check(persons);
      return found(persons, false);
    },
    peek(person) {
      check([person]);
      return current(person) ?? (state.erased.has(person) ? 'erased' : undefined);
    },
    async erase(person) {
      check([person], true);
      if (flaw !== 'erasure leaves no mark') state.erased.add(person);
      return state.keys.delete(person);
    },
    async *exportWrapped() {
      check([]);
      const entries = [...state.keys].map(([person, key]) => ({
        person,
        wrapped: wrapKey(wrappingKey, key.export(), person),
      }));
      yield* flaw === 'export stops at a thousand' ? entries.slice(0, 1_000) : entries;
    },
    async importWrapped(entries) {
      check([], true);
      const counts = { imported: 0, present: 0, erased: 0, differing: 0 };
      for await (const { person, wrapped } of entries) {
        const raw =
          unwrapKey(wrappingKey, wrapped, person) ?? (flaw === 'import does not unwrap' ? generateKey() : undefined);
        if (raw === undefined) throw new PersonKeysFault('wrong-key', 'wrapped under another key');
        const key = createSecretKey(raw);
        const here = state.keys.get(person);
        if (state.erased.has(person) && flaw !== 'import revives') counts.erased += 1;
        else if (here?.equals(key)) counts.present += 1;
        else if (here !== undefined && flaw !== 'import replaces') counts.differing += 1;
        else {
          state.keys.set(person, key);
          counts.imported += 1;
        }
      }
      return counts;
    },
    async *erasedPersons() {
      check([]);
      yield* state.erased;
    },
    async close() {
      closed = true;
    },
  };
}
