import { openBox, sealBox } from '@evident/crypto';
import type { ServiceKeys } from '../service-keys.ts';

/** Seals password hashes for this service alone: other services and views pass them around and cannot test a guess. */
export interface PasswordSeal {
  /** `k<number>.<box>`, bound to the user. */
  seal(userId: string, phc: string): string;
  /** The PHC string. Throws where the box is of another user or another keyring: never a wrong password. */
  open(userId: string, sealed: string): string;
}

export function createPasswordSeal(keys: ServiceKeys): PasswordSeal {
  const keyOf = (number: number) => {
    const key = keys.passwords.get(number);
    if (key === undefined) throw new Error(`the keyring has no key ${number} for password hashes`);
    return key;
  };
  return {
    seal: (userId, phc) =>
      `k${keys.currentPasswordKey}.${sealBox(keyOf(keys.currentPasswordKey), phc, boundTo(userId))}`,
    open(userId, sealed) {
      const [, number, box] = /^k(\d+)\.(.+)$/s.exec(sealed) ?? [];
      const phc = box === undefined ? undefined : openBox(keyOf(Number(number)), box, boundTo(userId));
      if (phc === undefined) throw new Error(`the password hash of user:${userId} cannot be opened`);
      return phc;
    },
  };
}

const boundTo = (userId: string) => `password/${userId}`;
