import { type EventOf, sessionOpened, sessionRefreshed, sessionRevoked } from '@evident/domain';
import type { Projection, View } from '@evident/read-model';
import { type Projected, typesOf } from './projected.ts';

/**
 * A session under its id. Whether it still counts also depends on the generation of its user. From where it was opened
 * is told by its event: an address kept here would outlive the erasure of the person.
 */
export type SessionRow = {
  readonly userUid: string;
  readonly audience: string;
  readonly generation: number;
  readonly methods: readonly string[];
  /** Those in its newest access token. */
  readonly scopes: readonly string[];
  /** Milliseconds since the epoch; also the times below. */
  readonly openedAt: number;
  readonly lastUsedAt: number;
  readonly expiresAt: number;
  /** When it was revoked, from the log; null while nobody revoked it. */
  readonly endedAt: number | null;
};

const definitions = [sessionOpened, sessionRefreshed, sessionRevoked] as const;
type SessionEvent = EventOf<(typeof definitions)[number]>;

export const sessionsView: View<SessionRow> = {
  name: 'sessions',
  version: 3,
  indexes: [['userUid', 'generation', 'endedAt', 'expiresAt'], ['endedAt']],
};

export const sessionsProjection: Projection<SessionRow, Projected<SessionEvent>> = {
  name: 'sessions',
  view: sessionsView,
  types: typesOf(definitions),
  keys: (event) => [event.stream.id],
  evolve(row, event) {
    switch (event.type) {
      case 'session.opened': {
        const { userId: userUid, audience, generation, methods, scopes, openedAt, expiresAt } = event.data;
        const times = { openedAt, lastUsedAt: openedAt, expiresAt, endedAt: null };
        return { userUid, audience, generation, methods, scopes, ...times };
      }
      case 'session.refreshed': {
        const { scopes, refreshedAt: lastUsedAt, expiresAt } = event.data;
        return row === undefined ? row : { ...row, scopes, lastUsedAt, expiresAt };
      }
      case 'session.revoked':
        return row === undefined || row.endedAt !== null ? row : { ...row, endedAt: event.stored.recordedAt };
    }
  },
};
