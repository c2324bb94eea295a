import { createSecretKey, type KeyObject } from 'node:crypto';
import { generateKey, unwrapKey, wrapKey } from './keys/wrapped-key.ts';
import { PersonKeysFault } from './person-keys.port.ts';
import { openBox, sealBox } from './seal-box.ts';

/** How every adapter wraps keys of persons, so that what one exports another takes in. */

const personName = /^[\x21-\x7e]{1,200}$/;
const checkText = 'person keys of evident';
const checkContext = 'person-keys check';

export function checkPersonName(person: string): void {
  if (!personName.test(person))
    throw new PersonKeysFault('misuse', 'A person is named by 1 to 200 visible ASCII characters.');
}

/** A new key of this person, wrapped. */
export function makePersonKey(wrappingKey: KeyObject, person: string): string {
  return wrapKey(wrappingKey, generateKey(), contextOf(person));
}

/** Undefined where it was wrapped under another key or for another person, or was changed. */
export function unwrapPersonKey(wrappingKey: KeyObject, person: string, wrapped: string): KeyObject | undefined {
  const raw = unwrapKey(wrappingKey, wrapped, contextOf(person));
  return raw === undefined ? undefined : createSecretKey(raw);
}

/** Text that tells later whether a store was made with this wrapping key. */
export function wrappingKeyCheck(wrappingKey: KeyObject): string {
  return sealBox(wrappingKey, checkText, checkContext);
}

export function isWrappingKeyOf(wrappingKey: KeyObject, check: unknown): boolean {
  return typeof check === 'string' && openBox(wrappingKey, check, checkContext) === checkText;
}

function contextOf(person: string): string {
  return `person ${person}`;
}
