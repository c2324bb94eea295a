import type { PasswordHasher } from '@evident/crypto';
import type { Log, WrappingKey } from '@evident/log';
import type { Clock, Config, Logger, Metrics } from '@evident/runtime';
import type { RequestClient } from '@evident/transport';

/** What the service stands on; made by whoever starts it. */
export interface AuthCommandDependencies {
  readonly config: Pick<
    Config,
    | 'tenant'
    | 'publicUrl'
    | 'tokens'
    | 'argon2'
    | 'verifyMemo'
    | 'rateLimit'
    | 'unknownCallersMonths'
    | 'selfRegistration'
    | 'bootstrapFirstUser'
    | 'webhooks'
  >;
  readonly log: Log;
  /** Asks identity-projection. */
  readonly client: RequestClient;
  readonly logger: Logger;
  readonly now: Clock;
  /** Wraps the keyring of this service. */
  readonly masterKey: WrappingKey;
  readonly metrics?: Pick<Metrics, 'signIns' | 'hashQueue' | 'hashesInFlight'>;
  /** Argon2id in threads of its own unless given; closed with the service either way. */
  readonly hasher?: PasswordHasher;
}
