import type { ErasureEvent, IdentifierPolicy } from './events.ts';

export interface Erasure {
  readonly identifiers: IdentifierPolicy;
  readonly completed: boolean;
}

export interface ErasuresState {
  /** By user, in the order in which they were asked for. */
  readonly erasures: ReadonlyMap<string, Erasure>;
}

export const initialErasures: ErasuresState = { erasures: new Map() };

export function evolveErasures({ erasures }: ErasuresState, event: ErasureEvent): ErasuresState {
  const { userId } = event.data;
  const erasure =
    event.type === 'erasure.requested'
      ? { identifiers: event.data.identifiers, completed: false }
      : { identifiers: erasures.get(userId)?.identifiers ?? 'kept', completed: true };
  return { erasures: new Map(erasures).set(userId, erasure) };
}
