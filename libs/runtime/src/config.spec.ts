import { describe, expect, it } from 'vitest';
import { type ConfigOutcome, loadConfig, type ServiceKind } from './config.ts';
import { describeProblems } from './describe-problems.ts';

const key = Buffer.alloc(32, 7).toString('base64');
const otherKey = Buffer.alloc(32, 8).toString('base64');

function accepted(env: Record<string, string> = {}, service: ServiceKind = 'standalone') {
  const outcome = loadConfig(env, { service });
  if (!outcome.ok) throw new Error(describeProblems(outcome.problems));
  return outcome;
}

function refused(env: Record<string, string>, service: ServiceKind = 'standalone') {
  const outcome: ConfigOutcome = loadConfig(env, { service });
  if (outcome.ok) throw new Error('expected a refusal');
  return { variables: outcome.problems.map(({ variable }) => variable), message: describeProblems(outcome.problems) };
}

describe('defaults', () => {
  it('start standalone on loopback with embedded stores and key files', () => {
    const { config, warnings } = accepted();
    expect(config.listen).toEqual({ host: '127.0.0.1', ports: [8000, 8001] });
    expect(config.publicUrl).toBe('http://localhost:8000');
    expect(config.eventStore).toEqual({ kind: 'embedded', path: `${config.dataDir}/events.db` });
    expect(config.readModel).toEqual({ kind: 'embedded', path: `${config.dataDir}/read-models.db` });
    expect(config.keys.master).toEqual({ from: 'file', path: `${config.dataDir}/master.key` });
    expect(config.nats).toBeUndefined();
    expect(config.tenant).toBe('main');
    expect(warnings).toEqual([]);
  });

  it('are what docs/configuration.md says of tokens, hashes and limits', () => {
    expect(accepted().config).toMatchObject({
      tokens: {
        ...{ algorithm: 'ES256', audience: 'your-app', allowedAudiences: [] },
        ...{ accessTtlSeconds: 3_600, refreshTtlSeconds: 2_592_000, refreshRotation: true, refreshWindowSeconds: 10 },
      },
      argon2: { memoryKiB: 19_456, passes: 2, lanes: 1 },
      ...{ verifyMemo: true, rateLimit: true, trustProxy: [], corsOrigins: [], logLevel: 'info' },
      administrator: { username: 'admin', email: 'admin@localhost' },
    });
  });

  it('take the first port into the issuer', () => {
    expect(accepted({ PORT: '9100,9101' }).config.publicUrl).toBe('http://localhost:9100');
  });

  it('treat an empty variable as absent', () => {
    expect(accepted({ PORT: '', MASTER_KEY: '', NATS_URL: '' }).config.listen.ports).toEqual([8000, 8001]);
  });

  it('keep relative files under DATA_DIR', () => {
    expect(accepted({ DATA_DIR: '/srv/evident' }).config.eventStore).toEqual({
      kind: 'embedded',
      path: '/srv/evident/events.db',
    });
  });
});

describe('the first user', () => {
  it('becomes owner only in standalone, on loopback, without a given password', () => {
    expect(accepted().config.bootstrapFirstUser).toBe('owner');
    expect(accepted({ ADMIN_PASSWORD: 'long enough' }).config.bootstrapFirstUser).toBe('none');
    expect(accepted({ HOST: '0.0.0.0' }).config.bootstrapFirstUser).toBe('none');
    expect(accepted({ PUBLIC_URL: 'https://sso.example.com' }).config.bootstrapFirstUser).toBe('none');
    expect(accepted({ NATS_URL: 'nats://127.0.0.1:4222' }, 'gateway').config.bootstrapFirstUser).toBe('none');
  });

  it('is never owner on a reachable address, even when asked for', () => {
    for (const reachable of [{ HOST: '0.0.0.0' }, { PUBLIC_URL: 'https://sso.example.com' }]) {
      expect(refused({ ...reachable, BOOTSTRAP_FIRST_USER: 'owner' }).variables).toEqual(['BOOTSTRAP_FIRST_USER']);
    }
  });

  it('may register itself by default only in standalone, and only while the issuer is loopback', () => {
    expect(accepted().config.selfRegistration).toBe(true);
    expect(accepted({ NATS_URL: 'nats://127.0.0.1:4222' }, 'auth-command').config.selfRegistration).toBe(false);
    expect(accepted({ PUBLIC_URL: 'https://sso.example.com' }).config.selfRegistration).toBe(false);
    expect(accepted({ PUBLIC_URL: 'https://sso.example.com', SELF_REGISTRATION: 'on' }).config.selfRegistration).toBe(
      true,
    );
  });
});

describe('keys', () => {
  it('are required beside a store that is not embedded', () => {
    const env = { EVENT_STORE_URL: 'esdb://host:2113', NATS_URL: 'nats://127.0.0.1:4222' };
    expect(refused(env, 'auth-command').variables).toEqual(['MASTER_KEY', 'DATA_KEY']);
    expect(refused(env, 'identity-projection').variables).toEqual(['DATA_KEY']);
    expect(accepted(env, 'gateway').config.service).toBe('gateway');
    expect(accepted({ ...env, MASTER_KEY: key, DATA_KEY: otherKey }, 'token-issuer').config.keys.master).toEqual({
      from: 'environment',
      key: Buffer.alloc(32, 7),
    });
  });

  it('must be 32 bytes and two different ones', () => {
    expect(refused({ MASTER_KEY: 'c2hvcnQ=' }).variables).toEqual(['MASTER_KEY']);
    expect(refused({ MASTER_KEY: key, DATA_KEY: key }).variables).toEqual(['DATA_KEY']);
  });
});

describe('a refusal', () => {
  it('names every faulty variable at once and what to write', () => {
    const { variables, message } = refused({ PORT: '80x', TOKEN_ALG: 'HS256', RATE_LIMIT: 'yes' });
    expect(variables).toEqual(['PORT', 'TOKEN_ALG', 'RATE_LIMIT']);
    expect(message).toContain('PORT must be one or more port numbers');
    expect(message).toContain('TOKEN_ALG must be one of ES256, RS256, EdDSA');
    expect(message).toContain('RATE_LIMIT must be "on" or "off"');
  });

  it.each([
    ['MASTER_KEY', 'hunter2-hunter2'],
    ['DATA_KEY', 'hunter2-hunter2'],
    ['ADMIN_PASSWORD', 'hunter2'],
    ['EVENT_STORE_URL', 'http://admin:hunter2@host'],
    ['READ_MODEL_URL', 'postgres://admin:hunter2@host'],
    ['NATS_URL', 'http://admin:hunter2@host'],
    ['ADMIN_EMAIL', 'hunter2'],
    ['PUBLIC_URL', 'https://admin:hunter2@host'],
  ])('never repeats the value of %s', (variable, value) => {
    const { variables, message } = refused({ [variable]: value });
    expect(variables).toEqual([variable]);
    expect(message).not.toContain('hunter2');
  });

  it.each([
    ['PORT', '8000,8000'],
    ['PORT', '70000'],
    ['TENANT', 'Main Street'],
    ['PUBLIC_URL', 'sso.example.com'],
    ['TRUST_PROXY', '10.0.0.0/33'],
    ['CORS_ORIGINS', 'https://console.example.com/path'],
    ['CORS_ORIGINS', '*'],
    ['ACCESS_TOKEN_TTL', '0'],
    ['ACCESS_TOKEN_TTL', '1e3'],
    ['ARGON2_PASSES', '-1'],
    ['LOG_LEVEL', 'verbose'],
    ['SELF_REGISTRATION', 'true'],
    ['NATS_URL', '127.0.0.1:4222'],
  ])('meets %s=%s', (variable, value) => {
    expect(refused({ [variable]: value }).variables).toEqual([variable]);
  });

  it('meets values that do not go together', () => {
    expect(refused({ ARGON2_MEMORY_KIB: '8', ARGON2_LANES: '4' }).variables).toEqual(['ARGON2_MEMORY_KIB']);
    for (const [given, other] of [
      ['NATS_CERT', 'NATS_KEY'],
      ['NATS_KEY', 'NATS_CERT'],
    ] as const) {
      const { variables, message } = refused({ [given]: 'client.pem' });
      expect(variables).toEqual([given]);
      expect(message).toBe(
        `${given} is set without ${other}: a client certificate and its key go together; set both or neither.`,
      );
    }
    expect(refused({}, 'token-issuer').variables).toEqual(['NATS_URL']);
  });
});

it('warns of a sample audience and of a clear-text issuer off localhost', () => {
  const { warnings } = accepted({ PUBLIC_URL: 'http://sso.example.com' });
  expect(warnings.join('\n')).toContain('TOKEN_AUDIENCE');
  expect(warnings.join('\n')).toContain('PUBLIC_URL is http');
});
