import { getJwks, getReadiness, getStatus, type Reply, type RequestContext } from '@evident/contracts';
import { type Clock, type HealthChecks, type Readiness, randomUuid } from '@evident/runtime';
import type { RequestClient } from '@evident/transport';
import type { RevocationList } from './revocation-list.ts';

export interface ReadinessOptions {
  readonly client: RequestClient;
  readonly revocations: Pick<RevocationList, 'bringUp' | 'clockBehindMs'>;
  readonly tenant: string;
  readonly now: Clock;
}

const askForMs = 800;

/** Ready means that sign-ins and writes can be served, and that takes all three services, and tokens that are accepted. */
export function addReadinessChecks(health: HealthChecks, options: ReadinessOptions): void {
  const { client, revocations, tenant, now } = options;
  const context = (): RequestContext => ({
    tenant,
    deadline: now() + askForMs,
    correlationId: randomUuid(),
    commandId: randomUuid(),
  });
  health.add({
    name: 'auth-command',
    check: async () => {
      const reply = await client.request(getReadiness, {}, context());
      return reply.ok && reply.value.down !== null ? { down: reply.value.down } : unanswered(reply);
    },
  });
  health.add({
    name: 'token-issuer',
    check: async () => unanswered(await client.request(getJwks, {}, context())),
  });
  health.add({
    name: 'identity-projection',
    check: async () => {
      const reply = await client.request(getStatus, {}, context());
      if (!reply.ok) return unanswered(reply);
      const { caughtUp, projections } = reply.value;
      if (!caughtUp) return { down: 'has not yet reached where the log stood when it started' };
      const parked = projections.filter((projection) => projection.parked > 0).map(({ name }) => name);
      return parked.length === 0 ? 'ok' : { degraded: `an operator has to look at ${parked.join(', ')}` };
    },
  });
  // Without it every write is refused, however well the services are.
  health.add({
    name: 'tokens',
    check: async () => {
      const error = await revocations.bringUp(undefined, now() + askForMs);
      if (error === undefined) return 'ok';
      const { clockBehindMs } = revocations;
      if (clockBehindMs === undefined) {
        return { down: `none is accepted, since nobody says which have ended (${error.code})` };
      }
      const seconds = (clockBehindMs / 1_000).toFixed(clockBehindMs < 10_000 ? 1 : 0);
      return { down: `none is accepted, since the clock of identity-projection is ${seconds} s behind this one` };
    },
  });
}

function unanswered(reply: Reply<unknown>): Readiness {
  if (reply.ok) return 'ok';
  const { code } = reply.error;
  return { down: code === 'deadline.passed' ? 'does not answer' : `answers ${code}` };
}
