// The gateway of the program `gateway` in front of services that answer at once, so that what is measured is HTTP alone.
import { randomUUID } from 'node:crypto';
import {
  getJwks,
  getRevocations,
  getUser,
  type MessageContract,
  type Reply,
  type RequestContext,
  type RequestOf,
  revocationsSubject,
  succeed,
  type ValueOf,
  verifyCredentials,
} from '@evident/contracts';
import { createTokenSigner, generateSigningKey } from '@evident/crypto';
import { serveGateway } from '@evident/gateway';
import { createMetrics, HealthChecks, requireConfig, Shutdown, silentLogger, systemClock } from '@evident/runtime';
import type { Broadcast, JsonObject, RequestClient } from '@evident/transport';

const { config } = requireConfig({ PORT: '0', NATS_URL: 'nats://127.0.0.1:4222' }, 'gateway');
const key = await generateSigningKey('ES256', 'bench');
const user = {
  uid: randomUUID(),
  number: 5,
  username: 'jdoe',
  email: 'jdoe@example.com',
  isActive: true,
  isAdmin: true,
  createdAt: 1_769_342_400_000,
  updatedAt: 1_769_342_400_000,
};

const replies = new Map<string, () => Reply<unknown>>([
  [verifyCredentials.subject, () => succeed({ authorized: true, user }, 'bench~1')],
  [getUser.subject, () => succeed({ ...user, apps: [1, 2] })],
  [getJwks.subject, () => succeed({ issuer: config.publicUrl, keys: [{ ...key.publicJwk, use: 'sig' }] })],
  [
    getRevocations.subject,
    () => succeed({ publisher: 'bench', sequence: 0, snapshot: true, changes: [], asOf: Date.now() }),
  ],
]);

class InstantServices implements RequestClient, Broadcast {
  readonly #listeners = new Set<(message: JsonObject) => void>();

  request<Contract extends MessageContract>(
    contract: Contract,
    _payload: RequestOf<Contract>,
    _context: RequestContext,
  ) {
    const reply = replies.get(contract.subject);
    if (reply === undefined) throw new Error(`${contract.subject} has no reply`);
    return Promise.resolve(reply() as Reply<ValueOf<Contract>>);
  }

  publish(_subject: string, message: JsonObject): void {
    for (const listener of this.#listeners) listener(message);
  }

  subscribe(_subject: string, handler: (message: JsonObject) => void) {
    this.#listeners.add(handler);
    return () => this.#listeners.delete(handler);
  }
}

const services = new InstantServices();
const deps = {
  config,
  client: services,
  broadcast: services,
  logger: silentLogger,
  metrics: createMetrics('gateway'),
  health: new HealthChecks(),
  now: systemClock,
};
const addresses = await serveGateway(deps, new Shutdown({ logger: silentLogger }));
setInterval(() => {
  const heartbeat = { publisher: 'bench', after: 0, sequence: 0, changes: [], asOf: Date.now() };
  services.publish(revocationsSubject(config.tenant), heartbeat);
}, 250);
const token = await createTokenSigner(key).sign({
  iss: config.publicUrl,
  aud: config.tokens.audience,
  sub: `user:${user.uid}`,
  sid: randomUUID(),
  jti: randomUUID(),
  gen: 1,
  tenant_id: config.tenant,
  token_type: 'access',
  iat: Math.floor(Date.now() / 1_000),
  exp: Math.floor(Date.now() / 1_000) + 86_400,
});
process.send?.({ port: addresses[0]?.port, token });
