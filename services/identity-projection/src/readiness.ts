import type { HealthCheck, Readiness } from '@evident/runtime';
import type { ProjectionGroup } from './groups/projection-group.ts';
import type { RevocationPublisher } from './revocations/revocation-publisher.ts';

/** A list of ended tokens that is older than this is refused by every gateway. */
const longestSilenceMs = 2_000;

/**
 * Down until the rows have passed where the log stood at the start, and while no token can be checked because the
 * list of ended ones cannot be proven; degraded where rows stand still or wait for an operator.
 */
export function readinessCheck(
  groups: readonly ProjectionGroup[],
  revocations: RevocationPublisher,
  now: () => number,
): HealthCheck {
  return {
    name: 'projections',
    check(): Readiness {
      if (groups.some((group) => !group.caughtUp)) return { down: 'the read model is catching up with the log' };
      const { provenAt } = revocations;
      if (provenAt === undefined || now() - provenAt > longestSilenceMs) {
        return { down: 'the list of ended tokens does not keep up with the log' };
      }
      const faulted = groups.filter((group) => group.state() === 'faulted').map(({ name }) => name);
      if (faulted.length > 0) return { degraded: `${faulted.join(' and ')} cannot be written or read` };
      const filling = groups.flatMap((group) => group.filling);
      if (filling.length > 0)
        return { degraded: `${filling.join(' and ')} cannot be read until the log was read through` };
      const parked = groups.reduce((sum, group) => sum + group.parked().length, 0);
      return parked === 0 ? 'ok' : { degraded: `${parked} streams wait because an event could not be applied` };
    },
  };
}
