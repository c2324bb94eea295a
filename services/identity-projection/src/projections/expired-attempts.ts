import type { Expiry } from '@evident/domain';
import type { Position, StoredEvent } from '@evident/event-store';

/**
 * Positions of the attempts that go with an expiry: all that it lists but the last of a stream, which stays until a later
 * one expires, and such ones of before. None of those that expired in another log: this one never had them.
 */
export function goneBy({ attempts, letGo, late }: Expiry, stored: Pick<StoredEvent, 'position'>): readonly string[] {
  const upTo = new Map(letGo.map((each) => [each.id, each.upTo]));
  const gone = attempts.filter(({ id, revision }) => revision <= (upTo.get(id) ?? -1));
  return [...late, ...gone.map(({ position }) => position)].filter((position) => isOfLog(stored.position, position));
}

/** Attempts of an expiry that stood in the log in which the expiry stands. */
export function expiredHere({ attempts }: Expiry, stored: Pick<StoredEvent, 'position'>): Expiry['attempts'] {
  return attempts.filter(({ position }) => isOfLog(stored.position, position));
}

function isOfLog(own: Position, other: string): boolean {
  return other.startsWith(own.slice(0, own.indexOf('~') + 1));
}
