import { type SecretVariable, secretVariables } from '@evident/runtime';

export type ServiceName = 'auth-command' | 'token-issuer' | 'identity-projection' | 'gateway';

const stores: readonly SecretVariable[] = ['DATA_KEY', 'EVENT_STORE_URL', 'READ_MODEL_URL', 'PERSON_KEYS_URL'];

/** As the compose file and the chart give them. */
const secretsOf: Readonly<Record<ServiceName, readonly SecretVariable[]>> = {
  'auth-command': ['NATS_URL', ...stores, 'MASTER_KEY', 'ADMIN_PASSWORD'],
  'token-issuer': ['NATS_URL', ...stores, 'MASTER_KEY'],
  'identity-projection': ['NATS_URL', ...stores],
  gateway: ['NATS_URL'],
};

/** The environment without the secrets that this service has no use for, whether they are given as such or by a file. */
export function serviceEnvironment(service: ServiceName, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const others = secretVariables.filter((variable) => !secretsOf[service].includes(variable));
  const kept = { ...env };
  for (const variable of others) {
    delete kept[variable];
    delete kept[`${variable}_FILE`];
  }
  return kept;
}
