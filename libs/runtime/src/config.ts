import { resolve } from 'node:path';
import { type ConfigProblem, type Environment, readEnvironment } from './environment.ts';
import { type KeySource, keySource } from './key-source.ts';
import { isLoopbackHost, isLoopbackUrl } from './loopback.ts';
import { eventStoreAddress, personKeysAddress, readModelAddress, type StoreAddress } from './store-address.ts';

export type ServiceKind = 'gateway' | 'auth-command' | 'identity-projection' | 'token-issuer' | 'standalone';
export type LogLevel = Environment['LOG_LEVEL'];

export interface NatsConfig {
  readonly servers: readonly string[];
  /** Path of a `.creds` file. User and password may stand in the URL instead. */
  readonly credentialsFile?: string;
  readonly caFile?: string;
  readonly certFile?: string;
  readonly keyFile?: string;
  /** Off loopback an unencrypted connection is refused unless this is true. */
  readonly allowPlaintext: boolean;
}

export interface Config {
  readonly service: ServiceKind;
  readonly tenant: string;
  readonly listen: { readonly host: string; readonly ports: readonly number[] };
  /** Where a service without HTTP of its own answers /health, /ready and /metrics. */
  readonly healthPort?: number;
  /** The issuer; no slash at its end. */
  readonly publicUrl: string;
  /** Both `HOST` and `PUBLIC_URL` are loopback: nobody outside this machine is served. */
  readonly loopbackOnly: boolean;
  /** Absolute. */
  readonly dataDir: string;
  readonly eventStore: StoreAddress<'eventstoredb'>;
  readonly readModel: StoreAddress<'mongodb'>;
  readonly personKeys: StoreAddress<'mongodb'>;
  /** Absent in standalone: in-process requests and no downstream feed. Present in every other service. */
  readonly nats?: NatsConfig;
  readonly keys: { readonly master: KeySource; readonly data: KeySource };
  /** No password given: one is generated at first start and printed once. */
  readonly administrator: { readonly username: string; readonly email: string; readonly password?: string };
  readonly bootstrapFirstUser: 'owner' | 'none';
  readonly selfRegistration: boolean;
  readonly tokens: {
    readonly algorithm: 'ES256' | 'RS256' | 'EdDSA';
    readonly audience: string;
    readonly allowedAudiences: readonly string[];
    readonly accessTtlSeconds: number;
    readonly refreshTtlSeconds: number;
    readonly refreshRotation: boolean;
    readonly refreshWindowSeconds: number;
  };
  readonly argon2: { readonly memoryKiB: number; readonly passes: number; readonly lanes: number };
  readonly verifyMemo: boolean;
  readonly rateLimit: boolean;
  /** For how many whole months one may read from where an attempt came that named nobody. */
  readonly unknownCallersMonths: number;
  /** Whole months for which attempts to sign in are kept; 0 for ever. */
  readonly signInsKeptMonths: number;
  /** The JetStream stream of events; what it let go of is still in the log. */
  readonly feed: {
    /** 0: for ever. */
    readonly maxAgeSeconds: number;
    /** 0: without bound. */
    readonly maxBytes: number;
    readonly replicas: number;
  };
  /** How old the oldest event of the log without a seal may become. */
  readonly sealEverySeconds: number;
  readonly webhooks: {
    /** Receivers on this machine, where http is enough. */
    readonly loopback: boolean;
    /** Networks that are not public and may be sent to all the same. */
    readonly networks: readonly string[];
  };
  readonly trustProxy: readonly string[];
  /** Origins whose pages may read answers; none unless named. */
  readonly corsOrigins: readonly string[];
  readonly logLevel: LogLevel;
  /** Base URL of an OTLP receiver of traces; none are made without. */
  readonly tracesEndpoint?: string;
}

export type ConfigOutcome =
  | { readonly ok: true; readonly config: Config; readonly warnings: readonly string[] }
  | { readonly ok: false; readonly problems: readonly ConfigProblem[] };

/**
 * Reads the whole configuration from environment variables, once, at the start.
 *
 * @returns every problem at once rather than the first, so that one correction is enough; `describeProblems` makes
 * the message. Warnings are for the log: the start goes on.
 */
export function loadConfig(
  env: Readonly<Record<string, string | undefined>>,
  options: { readonly service: ServiceKind },
): ConfigOutcome {
  const read = readEnvironment(env);
  if (!read.ok) return read;
  const config = settle(read.values, options.service);
  const problems = contradictions(read.values, config);
  return problems.length > 0 ? { ok: false, problems } : { ok: true, config, warnings: warningsAbout(config) };
}

function settle(values: Environment, service: ServiceKind): Config {
  const dataDir = resolve(values.DATA_DIR);
  const eventStore = eventStoreAddress(values.EVENT_STORE_URL, dataDir);
  const readModel = readModelAddress(values.READ_MODEL_URL, dataDir);
  const firstPort = values.PORT[0] ?? 0;
  const publicUrl = values.PUBLIC_URL ?? (firstPort === 0 ? 'http://localhost' : `http://localhost:${firstPort}`);
  const loopbackOnly = isLoopbackHost(values.HOST) && isLoopbackUrl(publicUrl);
  const standalone = service === 'standalone';
  const ownerIsOffered = standalone && loopbackOnly && values.ADMIN_PASSWORD === undefined;
  return {
    service,
    tenant: values.TENANT,
    listen: { host: values.HOST, ports: values.PORT },
    ...(values.HEALTH_PORT === undefined ? {} : { healthPort: values.HEALTH_PORT }),
    publicUrl,
    loopbackOnly,
    dataDir,
    eventStore,
    readModel,
    personKeys: personKeysAddress(values.PERSON_KEYS_URL, { dataDir, eventStore, readModel }),
    ...(values.NATS_URL === undefined ? {} : { nats: natsConfig(values, values.NATS_URL) }),
    keys: {
      master: keySource(values.MASTER_KEY, resolve(dataDir, 'master.key')),
      data: keySource(values.DATA_KEY, resolve(dataDir, 'data.key')),
    },
    administrator: {
      username: values.ADMIN_USERNAME,
      email: values.ADMIN_EMAIL,
      ...(values.ADMIN_PASSWORD === undefined ? {} : { password: values.ADMIN_PASSWORD }),
    },
    bootstrapFirstUser: values.BOOTSTRAP_FIRST_USER ?? (ownerIsOffered ? 'owner' : 'none'),
    selfRegistration: values.SELF_REGISTRATION ?? (standalone && isLoopbackUrl(publicUrl)),
    tokens: {
      algorithm: values.TOKEN_ALG,
      audience: values.TOKEN_AUDIENCE,
      allowedAudiences: values.ALLOWED_AUDIENCES,
      accessTtlSeconds: values.ACCESS_TOKEN_TTL,
      refreshTtlSeconds: values.REFRESH_TOKEN_TTL,
      refreshRotation: values.REFRESH_ROTATION,
      refreshWindowSeconds: values.REFRESH_WINDOW,
    },
    argon2: { memoryKiB: values.ARGON2_MEMORY_KIB, passes: values.ARGON2_PASSES, lanes: values.ARGON2_LANES },
    verifyMemo: values.VERIFY_MEMO,
    rateLimit: values.RATE_LIMIT,
    unknownCallersMonths: values.UNKNOWN_CALLERS_MONTHS,
    signInsKeptMonths: values.SIGN_INS_KEPT_MONTHS,
    sealEverySeconds: values.SEAL_EVERY,
    feed: {
      maxAgeSeconds: values.FEED_MAX_AGE,
      maxBytes: values.FEED_MAX_BYTES,
      replicas: values.FEED_REPLICAS,
    },
    webhooks: { loopback: values.WEBHOOK_LOOPBACK ?? loopbackOnly, networks: values.WEBHOOK_NETWORKS },
    trustProxy: values.TRUST_PROXY,
    corsOrigins: values.CORS_ORIGINS,
    logLevel: values.LOG_LEVEL,
    ...(values.OTEL_EXPORTER_OTLP_ENDPOINT === undefined ? {} : { tracesEndpoint: values.OTEL_EXPORTER_OTLP_ENDPOINT }),
  };
}

function natsConfig(values: Environment, servers: readonly string[]): NatsConfig {
  return {
    servers,
    ...(values.NATS_CREDENTIALS === undefined ? {} : { credentialsFile: values.NATS_CREDENTIALS }),
    ...(values.NATS_CA === undefined ? {} : { caFile: values.NATS_CA }),
    ...(values.NATS_CERT === undefined ? {} : { certFile: values.NATS_CERT }),
    ...(values.NATS_KEY === undefined ? {} : { keyFile: values.NATS_KEY }),
    allowPlaintext: values.NATS_PLAINTEXT,
  };
}

const holdsMasterKey: readonly ServiceKind[] = ['auth-command', 'token-issuer', 'standalone'];
const holdsDataKey: readonly ServiceKind[] = [...holdsMasterKey, 'identity-projection'];
const makeKey = 'make one with: openssl rand -base64 32';

/** Values that are each well formed and yet do not go together. */
function contradictions(values: Environment, config: Config): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const refuse = (variable: ConfigProblem['variable'], message: string) => problems.push({ variable, message });
  const { service } = config;
  if (config.nats === undefined && service !== 'standalone') {
    refuse('NATS_URL', `is required by ${service}, for example nats://127.0.0.1:4222`);
  }
  if (config.eventStore.kind !== 'embedded') {
    if (values.MASTER_KEY === undefined && holdsMasterKey.includes(service)) {
      refuse('MASTER_KEY', `is required with EVENT_STORE_URL=esdb://…: 32 random bytes in base64; ${makeKey}`);
    }
    if (values.DATA_KEY === undefined && holdsDataKey.includes(service)) {
      refuse('DATA_KEY', `is required with EVENT_STORE_URL=esdb://…, the same in every service; ${makeKey}`);
    }
  }
  if (values.MASTER_KEY !== undefined && values.DATA_KEY?.equals(values.MASTER_KEY)) {
    refuse('DATA_KEY', 'must differ from MASTER_KEY: three services share it, and they must not share that one');
  }
  if (values.BOOTSTRAP_FIRST_USER === 'owner' && !config.loopbackOnly) {
    refuse('BOOTSTRAP_FIRST_USER', 'may be "owner" only while HOST and PUBLIC_URL are loopback; write "none"');
  }
  if (config.argon2.memoryKiB < 8 * config.argon2.lanes) {
    refuse('ARGON2_MEMORY_KIB', `must be at least 8 times ARGON2_LANES (${8 * config.argon2.lanes})`);
  }
  if ((values.NATS_CERT === undefined) !== (values.NATS_KEY === undefined)) {
    const [given, other] =
      values.NATS_KEY === undefined ? (['NATS_CERT', 'NATS_KEY'] as const) : (['NATS_KEY', 'NATS_CERT'] as const);
    refuse(given, `is set without ${other}: a client certificate and its key go together; set both or neither`);
  }
  return problems;
}

function warningsAbout(config: Config): string[] {
  const warnings: string[] = [];
  if (config.tokens.audience === 'your-app' && !isLoopbackUrl(config.publicUrl)) {
    warnings.push('TOKEN_AUDIENCE is still "your-app"; set it to the audience that your services check.');
  }
  if (!isLoopbackHost(config.listen.host) && isLoopbackUrl(config.publicUrl)) {
    warnings.push(
      'HOST is reachable from outside while PUBLIC_URL is loopback; tokens will name an issuer nobody finds.',
    );
  }
  if (config.publicUrl.startsWith('http://') && !isLoopbackUrl(config.publicUrl)) {
    warnings.push('PUBLIC_URL is http; passwords and tokens would cross the network unencrypted.');
  }
  if (config.argon2.memoryKiB * config.argon2.passes < 2 * 19_456) {
    warnings.push('ARGON2_MEMORY_KIB and ARGON2_PASSES are below 19456 and 2; hashes will be cheaper to guess.');
  }
  return warnings;
}
