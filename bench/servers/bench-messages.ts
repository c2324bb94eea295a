import { randomUUID } from 'node:crypto';
import { type RequestContext, succeed } from '@evident/contracts';

/** A question between two services and its answer, as big as those of a sign-in. */
export const query = { identifier: { kind: 'username' as const, lookup: 'a'.repeat(64) }, appId: randomUUID() };
export const found = succeed({
  app: { uid: randomUUID(), revision: 1 },
  user: { uid: randomUUID(), revision: 3, passwordHash: 'x'.repeat(140) },
});
export const nestSubject = 'bench.nest';

export function benchContext(): RequestContext {
  return {
    tenant: 'main',
    deadline: Date.now() + 5_000,
    correlationId: randomUUID(),
    commandId: randomUUID(),
    clientIp: '203.0.113.9',
  };
}
