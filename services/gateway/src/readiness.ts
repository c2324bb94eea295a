import { getJwks, getStatus, type Reply, type RequestContext, removeUser } from '@evident/contracts';
import { type Clock, type HealthChecks, type Readiness, randomUuid } from '@evident/runtime';
import type { RequestClient } from '@evident/transport';

export interface ReadinessOptions {
  readonly client: RequestClient;
  readonly tenant: string;
  readonly now: Clock;
}

const askForMs = 800;

/** Ready means that sign-ins and writes can be served, and that takes all three services. */
export function addReadinessChecks(health: HealthChecks, { client, tenant, now }: ReadinessOptions): void {
  const context = (): RequestContext => ({
    tenant,
    deadline: now() + askForMs,
    correlationId: randomUuid(),
    commandId: randomUuid(),
  });
  health.add({
    name: 'auth-command',
    // A command without a credential is refused before anything is read or written: who refuses is there.
    check: async () => {
      const reply = await client.request(removeUser, { id: 0 }, context());
      return reply.ok || reply.error.code.startsWith('caller.') ? 'ok' : unanswered(reply);
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
}

function unanswered(reply: Reply<unknown>): Readiness {
  if (reply.ok) return 'ok';
  const { code } = reply.error;
  return { down: code === 'deadline.passed' ? 'does not answer' : `answers ${code}` };
}
