import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { repository, run } from './tool.ts';

interface ComposedService {
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly healthcheck?: unknown;
  readonly networks: readonly string[];
  readonly ports?: readonly string[];
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly secrets?: readonly (string | { readonly source: string })[];
}
interface Composition {
  readonly services: Readonly<Record<string, ComposedService>>;
  readonly secrets: Readonly<Record<string, { readonly file: string }>>;
  readonly configs: Readonly<Record<string, { readonly file: string }>>;
}

const composition: Composition = parse(readFileSync(join(repository, 'docker-compose.yml'), 'utf8'), { merge: true });
const own = ['gateway', 'auth-command', 'identity-projection', 'token-issuer'];
const ownServices = Object.entries(composition.services).filter(([name]) => own.includes(name));
const folder = mkdtempSync(join(tmpdir(), 'evident-secrets-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('docker-compose.yml', () => {
  it('starts each of the four by a program that the build makes', () => {
    expect(ownServices.map(([name]) => name).toSorted()).toEqual(own.toSorted());
    for (const [name, { command }] of ownServices) {
      expect(command).toEqual([`services/${name}/dist/program/main.js`]);
      expect(existsSync(join(repository, command?.[0] ?? ''))).toBe(true);
    }
  });

  it('publishes the gateway on loopback and nothing else', () => {
    const published = Object.entries(composition.services).filter(([, { ports }]) => ports !== undefined);
    expect(published.map(([name, { ports }]) => [name, ports])).toEqual([['gateway', ['127.0.0.1:8000:8000']]]);
  });

  it('takes from the surroundings what has to be set off this machine, for each service alike', () => {
    for (const name of ['PUBLIC_URL', 'TOKEN_AUDIENCE', 'TRUST_PROXY', 'CORS_ORIGINS', 'SELF_REGISTRATION']) {
      for (const [, { environment }] of ownServices) expect(environment?.[name]).toContain(`\${${name}:-`);
    }
  });

  it('asks every service for its health', () => {
    for (const service of Object.values(composition.services)) expect(service.healthcheck).toBeDefined();
  });

  it('gives our services a file system that cannot be written and no capability', () => {
    for (const [, service] of ownServices) expect(service).toMatchObject({ read_only: true, cap_drop: ['ALL'] });
  });

  it('keeps the stores away from the gateway, and each secret from whoever does not need it', () => {
    const seen = (name: string) => (composition.services[name]?.secrets ?? []).map(String);
    expect(composition.services.gateway?.networks).not.toContain('stores');
    expect(seen('gateway')).toEqual(['nats-gateway']);
    for (const [name] of ownServices) {
      expect(seen(name).filter((secret) => secret.startsWith('nats-'))).toEqual([`nats-${name}`]);
      expect(seen(name).filter((secret) => secret.endsWith('master-key'))).toEqual(
        ['auth-command', 'token-issuer'].includes(name) ? [`${name}-master-key`] : [],
      );
    }
  });

  it('names only secrets that make-secrets.sh makes, closed to other users, and the same ones the second time', () => {
    const script = join(repository, 'deploy/compose/make-secrets.sh');
    const target = join(folder, 'secrets');
    expect(run(script, [target])).toMatchObject({ ok: true });
    const contents = () =>
      Object.values(composition.secrets).map(({ file }) =>
        readFileSync(join(target, file.replace('deploy/secrets/', '')), 'utf8'),
      );
    const first = contents();
    expect(new Set(first).size).toBe(first.length);
    expect(statSync(target).mode & 0o077).toBe(0);
    expect(run(script, [target])).toMatchObject({ ok: true });
    expect(contents()).toEqual(first);
  });
});

const schemaFile = process.env.COMPOSE_SCHEMA;
const reason =
  schemaFile === undefined ? ' (skipped: COMPOSE_SCHEMA names no compose-spec.json; .ci/run fetches one)' : '';
describe.skipIf(schemaFile === undefined)(`docker-compose.yml and the published schema${reason}`, () => {
  it('agree', () => {
    const ajv = new Ajv2020({ strict: false, allErrors: true });
    addFormats.default(ajv);
    const schema = JSON.parse(readFileSync(schemaFile ?? '', 'utf8'));
    const validate = ajv.compile({ ...schema, $schema: 'https://json-schema.org/draft/2020-12/schema' });
    validate(composition);
    expect(validate.errors ?? []).toEqual([]);
    expect(validate({ ...composition, services: { gateway: { imag: 'x' } } })).toBe(false);
  });
});
