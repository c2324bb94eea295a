import type { KeyedHash } from '@evident/crypto';

const purpose = 'attempt-caller';

/** A caller known by the address it came from. Whoever has none shares one place with all others without. */
export function addressHash(lookup: KeyedHash, address: string | undefined): string {
  return lookup.hash(purpose, `address ${address ?? 'unknown'}`);
}

/** A person of whom an app tells the address: counted for this app alone, since another one may tell lies. */
export function appCallerHash(lookup: KeyedHash, appId: string, address: string): string {
  return lookup.hash(purpose, `app ${appId} ${address}`);
}
