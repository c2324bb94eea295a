import { createHmac, type KeyObject, randomBytes } from 'node:crypto';

/** Without what is mistaken for something else when it is read from a screen. */
const letters = 'abcdefghjkmnpqrstuvwxyz23456789';
const groups = 4;
const lettersOfGroup = 5;

/** A password of some 98 bits for a person to copy: `k7xqp-…` */
export function generatePassword(): string {
  return spell(randomBytes(64));
}

/** The same for the same name under the same key: an interrupted start can print it again. */
export function derivePassword(key: KeyObject, name: string): string {
  return spell(createHmac('sha512', key).update(`password/${name}`).digest());
}

/** Each letter from a byte below the largest multiple of 31, so that all are equally likely. */
function spell(bytes: Uint8Array): string {
  const even = 256 - (256 % letters.length);
  const spelled = [...bytes].filter((byte) => byte < even).map((byte) => letters.charAt(byte % letters.length));
  const group = (index: number) => spelled.slice(index * lettersOfGroup, (index + 1) * lettersOfGroup).join('');
  return Array.from({ length: groups }, (_, index) => group(index)).join('-');
}
