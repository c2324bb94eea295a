import type { StoredEvent } from '@evident/event-store';

/** Ids of claims that stand and that their holders have neither completed nor lost, by the log alone. */
export function openClaims(events: readonly StoredEvent[]): ReadonlySet<string> {
  const open = new Set<string>();
  for (const { type, data } of events) {
    const claimId = String(data.claimId);
    if (type === 'reservation.claimed') open.add(claimId);
    if (['user.identifier-added', 'user.claim-abandoned', 'reservation.released'].includes(type)) open.delete(claimId);
  }
  return open;
}
