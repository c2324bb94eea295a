import { createSecretKey, type KeyObject } from 'node:crypto';
import { generateKey } from './keys/wrapped-key.ts';
import { type PersonKeys, PersonKeysFault } from './person-keys.port.ts';
import { openBox, sealBox } from './seal-box.ts';

type Json = string | number | boolean | null | readonly Json[] | { readonly [member: string]: Json };
type JsonObject = { readonly [member: string]: Json };

/** Seals members of events under the keys of the persons they are about; what the event codec works with. */
export interface PersonSealer {
  /**
   * `{ k: 1, b: <box> }`, at once where the person's key is at hand, else a promise. For a person who was erased
   * the box is made under a key that is thrown away: it reads as erased from the start, and the fact that a
   * command was under way while the person was erased makes nothing fail.
   */
  seal(person: string, plaintext: string, associatedData: string): JsonObject | Promise<JsonObject>;
  /**
   * The plaintext; undefined where the person has no key: erased. A box that the person's key does not open was
   * altered or belongs elsewhere, which must not pass for an erasure: `PersonKeysFault` with code `damaged`, thrown
   * or by the promise.
   */
  open(person: string, sealed: JsonObject, associatedData: string): string | undefined | Promise<string | undefined>;
  /** Fetches the keys of these persons in one call, so that what follows answers at once. Makes none. */
  preload(persons: readonly string[]): Promise<void>;
}

/** Form of the stored object; another number is another way of sealing. */
const KIND = 1;

export function createPersonSealer(personKeys: PersonKeys): PersonSealer {
  return {
    seal(person, plaintext, associatedData) {
      const known = personKeys.peek(person);
      if (known === 'erased') return sealWith(undefined, person, plaintext, associatedData);
      if (known !== undefined) return sealWith(known, person, plaintext, associatedData);
      return personKeys.obtain([person]).then((keys) => sealWith(keys.get(person), person, plaintext, associatedData));
    },
    open(person, sealed, associatedData) {
      const known = personKeys.peek(person);
      if (known === 'erased') return undefined;
      if (known !== undefined) return openWith(known, person, sealed, associatedData);
      return personKeys.find([person]).then((keys) => {
        const key = keys.get(person);
        return key === undefined ? undefined : openWith(key, person, sealed, associatedData);
      });
    },
    async preload(persons) {
      const unknown = persons.filter((person) => personKeys.peek(person) === undefined);
      if (unknown.length > 0) await personKeys.find(unknown);
    },
  };
}

function sealWith(key: KeyObject | undefined, person: string, plaintext: string, associatedData: string): JsonObject {
  return { k: KIND, b: sealBox(key ?? createSecretKey(generateKey()), plaintext, boundTo(person, associatedData)) };
}

function openWith(key: KeyObject, person: string, sealed: JsonObject, associatedData: string): string {
  const { k: kind, b: box } = sealed;
  const opened =
    kind === KIND && typeof box === 'string' ? openBox(key, box, boundTo(person, associatedData)) : undefined;
  if (opened === undefined) {
    throw new PersonKeysFault('damaged', 'A sealed member was altered, or moved from another event or person.');
  }
  return opened;
}

function boundTo(person: string, associatedData: string): string {
  return `${person.length}:${person}${associatedData}`;
}
