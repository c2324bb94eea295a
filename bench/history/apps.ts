import { deriveApiKey } from '@evident/crypto';
import { type AppEvent, appDecider, initialApp, streams } from '@evident/domain';
import type { Decided } from './bulk-append.ts';
import { appOf, registrationOf } from './history.ts';
import { byAdministrator, type Making } from './making.ts';
import { numbered } from './numbered.ts';

const mostKeysShown = 1_000;

/** Registers the apps from `first` to `last`; `onFirst` is told what the first of all began with. Their keys, up to the thousandth. */
export async function registerApps(
  making: Making,
  {
    first,
    last,
    onFirst,
  }: { readonly first: number; readonly last: number; onFirst(events: readonly AppEvent[]): void },
): Promise<readonly string[]> {
  const { log, keys, appends } = making;
  const [derivation] = keys.apiKeys;
  if (derivation === undefined) throw new Error('the keyring has no key for API keys');
  const shown: string[] = [];
  const registered: Decided[] = [];
  const holders: string[] = [];
  for (let nth = first; nth <= last; nth++) {
    const { uid } = appOf(nth);
    const commandId = registrationOf('app', nth);
    const { key, keyId, prefix } = deriveApiKey(derivation, commandId, uid);
    if (nth <= mostKeysShown) shown.push(key);
    const decision = appDecider.decide(
      {
        type: 'register-app',
        number: nth,
        name: `App ${nth}`,
        url: `https://app${nth}.example.com`,
        key: { keyId, prefix, lookup: log.lookup.hash('api-key', key) },
      },
      initialApp,
    );
    if (!decision.accepted) throw new Error(decision.code);
    if (nth === 1) onFirst(decision.events);
    holders.push(uid);
    registered.push({
      stream: streams.app(log.tenant, uid),
      step: 'register',
      events: decision.events,
      expected: 'no-stream',
      metadata: byAdministrator(making, commandId, 'register-app'),
    });
  }
  await appends.append([numbered(making, 'app', first, holders), ...registered]);
  return shown;
}
