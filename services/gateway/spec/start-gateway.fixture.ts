import 'reflect-metadata';
import { createLogger, createMetrics, HealthChecks, loadConfig, type Metrics } from '@evident/runtime';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { GatewayModule, nestOptions } from '../src/gateway.module.ts';
import { createGateway } from '../src/gateway.ts';
import { listen } from '../src/http/listen.ts';
import { type IssuedTokens, issuedTokens, issuer } from './issued-tokens.fixture.ts';
import { ScriptedServices } from './scripted-services.fixture.ts';

export interface RunningGateway {
  readonly services: ScriptedServices;
  readonly tokens: IssuedTokens;
  readonly token: string;
  readonly metrics: Metrics;
  readonly app: NestFastifyApplication;
  /** `http://127.0.0.1:<port>`, one for each port. */
  readonly urls: readonly string[];
  readonly url: string;
  readonly logLines: readonly string[];
  /** With the token of an administrator unless `authorization` is given. */
  call(method: string, path: string, options?: CallOptions): Promise<Called>;
  close(): Promise<void>;
}

export interface CallOptions {
  readonly json?: unknown;
  readonly body?: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
  readonly anonymous?: boolean;
}

export interface Called {
  readonly status: number;
  readonly headers: Headers;
  readonly json: unknown;
  readonly text: string;
}

export interface StartOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly now?: () => number;
  readonly services?: ScriptedServices;
  readonly maxInFlight?: number;
}

/** A gateway on real sockets in front of scripted services. Limits by address are off unless `env` says otherwise. */
export async function startGateway(options: StartOptions = {}): Promise<RunningGateway> {
  const { env, now = Date.now, maxInFlight } = options;
  const services = options.services ?? new ScriptedServices(now);
  const tokens = await issuedTokens(now);
  services.publishKeys(issuer, [tokens.jwk]);
  const outcome = loadConfig(
    { NATS_URL: 'nats://127.0.0.1:4222', PORT: '0', PUBLIC_URL: issuer, RATE_LIMIT: 'off', ...env },
    { service: 'gateway' },
  );
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.problems));
  const logLines: string[] = [];
  const destination = { write: (line: string) => void logLines.push(line) };
  const metrics = createMetrics('gateway');
  const gateway = createGateway({
    config: outcome.config,
    client: services,
    broadcast: services,
    logger: createLogger({ service: 'gateway', level: 'debug', destination }),
    metrics,
    health: new HealthChecks(),
    now,
    ...(maxInFlight === undefined ? {} : { maxInFlight }),
  });
  const app = await NestFactory.create<NestFastifyApplication>(
    GatewayModule.register(gateway),
    GatewayModule.adapter(gateway),
    nestOptions,
  );
  await app.init();
  gateway.start();
  const listening = await listen(app.getHttpAdapter().getInstance(), outcome.config.listen);
  const urls = listening.addresses.map(({ port }) => `http://127.0.0.1:${port}`);
  const [url = ''] = urls;
  const token = await tokens.issue();
  return {
    services,
    tokens,
    token,
    metrics,
    app,
    urls,
    url,
    logLines,
    call: (method, path, call) => callOver(url, token, method, path, call),
    async close() {
      gateway.close();
      await listening.close();
      await app.close();
    },
  };
}

async function callOver(url: string, token: string, method: string, path: string, options: CallOptions = {}) {
  const { json, body, headers, anonymous } = options;
  const sent = json === undefined ? body : JSON.stringify(json);
  const response = await fetch(`${url}${path}`, {
    method,
    redirect: 'manual',
    headers: {
      ...(anonymous ? {} : { authorization: `Bearer ${token}` }),
      ...(json === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(sent === undefined ? {} : { body: sent }),
  });
  const text = await response.text();
  const isJson = /[/+]json/.test(response.headers.get('content-type') ?? '');
  return {
    status: response.status,
    headers: response.headers,
    text,
    json: isJson && text !== '' ? JSON.parse(text) : undefined,
  };
}
