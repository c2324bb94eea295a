import { z } from 'zod';
import {
  baseUrl,
  integer,
  key32,
  list,
  networkList,
  oneOf,
  onOff,
  originList,
  portList,
  text,
} from './environment-values.ts';
import { readSecretFiles } from './secret-files.ts';

const storeUrl = (schemes: RegExp, message: string) => text(schemes, message).optional();
const path = z.string().optional();

/**
 * Every variable that Evident reads, with the defaults that depend on nothing else. An empty value counts as absent,
 * as compose files and charts produce them. What depends on other values is settled in `config.ts`.
 */
export const environmentSchema = z.object({
  TENANT: text(/^[a-z0-9]{1,32}$/, 'must be 1 to 32 of a-z and 0-9').default('main'),
  HOST: text(/^[A-Za-z0-9.:_-]{1,253}$/, 'must be an address or a host name, for example 127.0.0.1').default(
    '127.0.0.1',
  ),
  PORT: portList.default([8000, 8001]),
  HEALTH_PORT: integer(0, 65_535, 'a port').optional(),
  PUBLIC_URL: baseUrl.optional(),
  DATA_DIR: z.string().default('./data'),
  EVENT_STORE_URL: storeUrl(
    /^(sqlite:.+|esdb(\+discover)?:\/\/.+)$/,
    'must begin with sqlite:, esdb:// or esdb+discover://, for example esdb://user:password@host:2113',
  ),
  READ_MODEL_URL: storeUrl(
    /^(sqlite:.+|mongodb(\+srv)?:\/\/.+)$/,
    'must begin with sqlite:, mongodb:// or mongodb+srv://, for example mongodb://host:27017/evident',
  ),
  PERSON_KEYS_URL: storeUrl(
    /^(sqlite:.+|mongodb(\+srv)?:\/\/.+)$/,
    'must begin with sqlite:, mongodb:// or mongodb+srv://, for example mongodb://host:27017/evident-keys',
  ),
  NATS_URL: list
    .refine((urls) => urls.every((url) => /^(nats|tls):\/\//.test(url) && URL.canParse(url)), {
      message: 'must be nats:// or tls:// URLs separated by commas, for example tls://user:password@host:4222',
    })
    .optional(),
  NATS_CREDENTIALS: path,
  NATS_CA: path,
  NATS_CERT: path,
  NATS_KEY: path,
  NATS_PLAINTEXT: onOff.default(false),
  MASTER_KEY: key32.optional(),
  DATA_KEY: key32.optional(),
  ADMIN_USERNAME: z.string().max(150, 'must be at most 150 characters').default('admin'),
  ADMIN_EMAIL: text(/^[^\s@]+@[^\s@]+$/, 'must be an e-mail address').default('admin@localhost'),
  ADMIN_PASSWORD: z.string().min(8, 'must be 8 to 256 characters').max(256, 'must be 8 to 256 characters').optional(),
  BOOTSTRAP_FIRST_USER: oneOf(['owner', 'none']).optional(),
  SELF_REGISTRATION: onOff.optional(),
  TOKEN_ALG: oneOf(['ES256', 'RS256', 'EdDSA']).default('ES256'),
  TOKEN_AUDIENCE: text(/^\S{1,256}$/, 'must be 1 to 256 characters without spaces').default('your-app'),
  ALLOWED_AUDIENCES: list.default([]),
  ACCESS_TOKEN_TTL: integer(1, 86_400, 'seconds').default(3600),
  REFRESH_TOKEN_TTL: integer(1, 31_536_000, 'seconds').default(2_592_000),
  REFRESH_ROTATION: onOff.default(true),
  REFRESH_WINDOW: integer(0, 300, 'seconds').default(10),
  ARGON2_MEMORY_KIB: integer(8, 4_194_304, 'KiB').default(19_456),
  ARGON2_PASSES: integer(1, 64, 'passes').default(2),
  ARGON2_LANES: integer(1, 64, 'lanes').default(1),
  VERIFY_MEMO: onOff.default(true),
  RATE_LIMIT: onOff.default(true),
  UNKNOWN_CALLERS_MONTHS: integer(0, 120, 'months').default(3),
  SIGN_INS_KEPT_MONTHS: integer(0, 120, 'months').default(0),
  TRUST_PROXY: networkList.default([]),
  CORS_ORIGINS: originList.default([]),
  FEED_MAX_AGE: integer(0, 3_153_600_000, 'seconds, 0 for ever').default(2_592_000),
  FEED_MAX_BYTES: integer(0, Number.MAX_SAFE_INTEGER, 'bytes, 0 without bound').default(1_073_741_824),
  SEAL_EVERY: integer(1, 86_400, 'seconds').default(60),
  FEED_REPLICAS: integer(1, 5, 'servers that hold a copy').default(1),
  WEBHOOK_LOOPBACK: onOff.optional(),
  WEBHOOK_NETWORKS: networkList.default([]),
  OTEL_EXPORTER_OTLP_ENDPOINT: baseUrl.optional(),
  LOG_LEVEL: oneOf(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
});

export type Environment = z.output<typeof environmentSchema>;
export type Variable = keyof Environment;

export interface ConfigProblem {
  readonly variable: Variable;
  /** What is wrong and what to write. Never the value: it may be a secret. */
  readonly message: string;
}

export type EnvironmentOutcome =
  | { readonly ok: true; readonly values: Environment }
  | { readonly ok: false; readonly problems: readonly ConfigProblem[] };

const isVariable = (name: unknown): name is Variable =>
  typeof name === 'string' && Object.hasOwn(environmentSchema.shape, name);

/** Reads the variables, and the files that secret ones are given by; each faulty one is reported, once. */
export function readEnvironment(env: Readonly<Record<string, string | undefined>>): EnvironmentOutcome {
  const secrets = readSecretFiles(env);
  const present = Object.fromEntries(
    Object.entries(secrets.env).filter(([, value]) => value !== undefined && value !== ''),
  );
  const parsed = environmentSchema.safeParse(present);
  if (parsed.success && secrets.problems.length === 0) return { ok: true, values: parsed.data };
  const problems = new Map<Variable, ConfigProblem>(secrets.problems.map((problem) => [problem.variable, problem]));
  for (const issue of parsed.error?.issues ?? []) {
    const [variable] = issue.path;
    if (isVariable(variable) && !problems.has(variable)) problems.set(variable, { variable, message: issue.message });
  }
  return { ok: false, problems: [...problems.values()] };
}
