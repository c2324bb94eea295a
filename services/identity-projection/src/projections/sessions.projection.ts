import { type EventOf, sessionOpened, sessionRevoked } from '@evident/domain';
import type { Projection, View } from '@evident/read-model';
import { type Projected, typesOf } from './projected.ts';

/** A session under its id. Whether it still counts also depends on the generation of its user. */
export type SessionRow = {
  readonly userUid: string;
  readonly audience: string;
  readonly generation: number;
  /** Milliseconds since the epoch; also `expiresAt`. */
  readonly openedAt: number;
  readonly expiresAt: number;
  /** When it was revoked, milliseconds since the epoch, from the log; null while nobody revoked it. */
  readonly endedAt: number | null;
};

const definitions = [sessionOpened, sessionRevoked] as const;
type SessionEvent = EventOf<(typeof definitions)[number]>;

export const sessionsView: View<SessionRow> = {
  name: 'sessions',
  version: 1,
  indexes: [['userUid', 'openedAt'], ['endedAt']],
};

export const sessionsProjection: Projection<SessionRow, Projected<SessionEvent>> = {
  name: 'sessions',
  view: sessionsView,
  types: typesOf(definitions),
  keys: (event) => [event.stream.id],
  evolve(row, event) {
    if (event.type === 'session.opened') {
      const { userId: userUid, audience, generation, openedAt, expiresAt } = event.data;
      return { userUid, audience, generation, openedAt, expiresAt, endedAt: null };
    }
    return row === undefined || row.endedAt !== null ? row : { ...row, endedAt: event.stored.recordedAt };
  },
};
