import type { Log, WrappingKey } from '@evident/log';
import type { Clock, Config, Logger } from '@evident/runtime';

/** What the service stands on; made by whoever starts it. */
export interface TokenIssuerDependencies {
  readonly config: Pick<Config, 'tenant' | 'publicUrl' | 'tokens' | 'sealEverySeconds' | 'signInsKeptMonths'>;
  readonly log: Log;
  readonly logger: Logger;
  readonly now: Clock;
  /** Wraps the keyring in which the key that seals private signing keys lies. */
  readonly masterKey: WrappingKey;
}
