import { ErasuresByUser } from './erasures-by-user.ts';
import type { ErasureEvent } from './events.ts';

export interface ErasuresState {
  readonly erasures: ErasuresByUser;
}

export const initialErasures: ErasuresState = { erasures: ErasuresByUser.none };

export function evolveErasures({ erasures }: ErasuresState, event: ErasureEvent): ErasuresState {
  const { userId } = event.data;
  const erasure =
    event.type === 'erasure.requested'
      ? { identifiers: event.data.identifiers, completed: false }
      : { identifiers: erasures.get(userId)?.identifiers ?? 'kept', completed: true };
  return { erasures: erasures.with(userId, erasure) };
}
