import { createSecretKey, type KeyObject } from 'node:crypto';
import type { Keyring } from '@evident/log';

export const authCommandKeyring = {
  service: 'auth-command',
  purposes: ['passwords', 'api-keys', 'agent-keys', 'tickets', 'commands'],
} as const;

/** The keys of this service as key objects, made once: importing raw bytes for each use costs more than the use. */
export interface ServiceKeys {
  /** Seal stored password hashes, by number. */
  readonly passwords: ReadonlyMap<number, KeyObject>;
  readonly currentPasswordKey: number;
  /** Derive API keys; the one in use comes first. */
  readonly apiKeys: readonly KeyObject[];
  /** Derive the key pairs of agents; the one in use comes first. */
  readonly agentKeys: readonly KeyObject[];
  /** Derives the tickets of sign-ins. */
  readonly tickets: KeyObject;
  /** Makes command ids of idempotency keys, and fingerprints of requests. */
  readonly commands: KeyObject;
}

export function openServiceKeys(keyring: Keyring): ServiceKeys {
  const keys = (purpose: string) =>
    keyring.all(purpose).map(({ number, key }) => [number, createSecretKey(key)] as const);
  const current = (purpose: string) => createSecretKey(keyring.current(purpose).key);
  const newestFirst = (purpose: string) =>
    keys(purpose)
      .map(([, key]) => key)
      .toReversed();
  return {
    passwords: new Map(keys('passwords')),
    currentPasswordKey: keyring.current('passwords').number,
    apiKeys: newestFirst('api-keys'),
    agentKeys: newestFirst('agent-keys'),
    tickets: current('tickets'),
    commands: current('commands'),
  };
}
