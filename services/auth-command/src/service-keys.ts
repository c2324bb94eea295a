import { createSecretKey, type KeyObject } from 'node:crypto';
import type { Keyring } from '@evident/log';

export const authCommandKeyring = {
  service: 'auth-command',
  purposes: ['passwords', 'api-keys', 'tickets', 'commands'],
} as const;

/** The keys of this service as key objects, made once: importing raw bytes for each use costs more than the use. */
export interface ServiceKeys {
  /** Seal stored password hashes, by number. */
  readonly passwords: ReadonlyMap<number, KeyObject>;
  readonly currentPasswordKey: number;
  /** Derive API keys; the one in use comes first. */
  readonly apiKeys: readonly KeyObject[];
  /** Derives the tickets of sign-ins. */
  readonly tickets: KeyObject;
  /** Makes command ids of idempotency keys, and fingerprints of requests. */
  readonly commands: KeyObject;
}

export function openServiceKeys(keyring: Keyring): ServiceKeys {
  const keys = (purpose: string) =>
    keyring.all(purpose).map(({ number, key }) => [number, createSecretKey(key)] as const);
  const current = (purpose: string) => createSecretKey(keyring.current(purpose).key);
  return {
    passwords: new Map(keys('passwords')),
    currentPasswordKey: keyring.current('passwords').number,
    apiKeys: keys('api-keys')
      .map(([, key]) => key)
      .toReversed(),
    tickets: current('tickets'),
    commands: current('commands'),
  };
}
