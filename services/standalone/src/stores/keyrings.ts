import { eventRegistry } from '@evident/domain';
import { createEventCodec, type EventStore, noPersonKeys } from '@evident/event-store';
import { type Keyring, openKeyring, readKeyring, type WrappingKey } from '@evident/log';
import { type Clock, StartupProblem } from '@evident/runtime';

/** The keyrings that MASTER_KEY wraps: each of the service that uses it. */
export const masterKeyrings = ['auth-command', 'token-issuer'] as const;

/** Reads keyring events, which hold nothing personal, before the person keys are open. */
const codec = createEventCodec(eventRegistry, noPersonKeys);

export interface KeyringRequest {
  readonly store: EventStore;
  readonly tenant: string;
  readonly service: string;
  readonly wrappingKey: WrappingKey;
  readonly now: Clock;
}

/** Opens every key of a keyring and makes none. Throws `StartupProblem` where the wrapping key is another one. */
export function openExistingKeyring(request: KeyringRequest): Promise<Keyring> {
  const { store, tenant, ...options } = request;
  return openKeyring({ store, codec, tenant }, { ...options, purposes: [], make: false });
}

/** How many keys the keyring has; 0 where the service never started on this log. */
export async function countKeys(store: EventStore, tenant: string, service: string): Promise<number> {
  return (await readKeyring({ store, codec, tenant }, service)).keys.length;
}

/** Whether the keyring has keys and the wrapping key is theirs. */
export async function opensKeys(request: KeyringRequest): Promise<boolean> {
  if ((await countKeys(request.store, request.tenant, request.service)) === 0) return false;
  try {
    await openExistingKeyring(request);
    return true;
  } catch (problem) {
    if (problem instanceof StartupProblem) return false;
    throw problem;
  }
}
