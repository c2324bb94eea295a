import type { EventStore } from '@evident/event-store';
import { sharedKeyring, type WrappingKey } from '@evident/log';
import type { Clock } from '@evident/runtime';
import { countKeys, masterKeyrings, openExistingKeyring } from '../../stores/keyrings.ts';
import { type Finding, Findings } from '../finding.ts';
import type { FoundKeys } from './key-files.ts';

/** Opens every key of every keyring with the configured key that wraps it. */
export async function checkKeyrings(
  { master, data }: FoundKeys,
  log: { readonly store: EventStore; readonly tenant: string; readonly now: Clock },
): Promise<{
  readonly findings: readonly Finding[] /** The shared keyring has keys and all open. */;
  readonly sharedOpens: boolean;
}> {
  const findings = new Findings('keyrings');
  const look = async (service: string, wrappingKey: WrappingKey | undefined) => {
    if (wrappingKey === undefined) {
      findings.skip(`The keyring of ${service}: there is no key to open it with.`);
      return false;
    }
    try {
      const keys = await countKeys(log.store, log.tenant, service);
      await openExistingKeyring({ ...log, service, wrappingKey });
      findings.ok(
        keys === 0 ? `The keyring of ${service} is made by its first start.` : `The keyring of ${service} opens.`,
      );
      return keys > 0;
    } catch (problem) {
      findings.failAt(problem);
      return false;
    }
  };
  const sharedOpens = await look(sharedKeyring, data);
  for (const service of masterKeyrings) await look(service, master);
  return { findings: findings.list, sharedOpens };
}
