import { type Expiry, eventRegistry, signInExpired } from '@evident/domain';
import type { ProjectedEvent, Projection, View } from '@evident/read-model';
import { goneBy } from './expired-attempts.ts';
import { typesOf } from './projected.ts';

/** Where an event stands, and by what an auditor looks for it; under its position, so that rows lie in the log's order. */
export type RecordedEventRow = {
  readonly id: string;
  readonly type: string;
  readonly actor: string;
  readonly correlation: string;
  readonly causation: string | null;
  /** Which app was asked, of an attempt to sign in. */
  readonly app: string | null;
  readonly stream: string;
  readonly revision: number;
};

export const recordedEventsView: View<RecordedEventRow> = {
  name: 'recorded-events',
  version: 1,
  indexes: [['id'], ['type'], ['actor'], ['correlation'], ['causation'], ['app']],
};

/**
 * Nothing of the content is kept but the app of a sign-in, so that nobody's data lies here; and what this program cannot
 * read is found all the same.
 */
export const recordedEventsProjection: Projection<RecordedEventRow> = {
  name: 'recorded-events',
  view: recordedEventsView,
  types: typesOf(eventRegistry.definitions),
  rowPerEvent: true,
  changesOthers: typesOf([signInExpired]),
  decodesOnly: typesOf([signInExpired]),
  keys: ({ stored, type, data }) =>
    type === signInExpired.type ? [stored.position, ...goneBy(data as Expiry, stored)] : [stored.position],
  evolve(_row, { stored, type, stream, data }, key) {
    if (key !== stored.position) return undefined;
    const { id, metadata, revision } = stored;
    const { actor, correlationId: correlation, causationId: causation = null } = metadata;
    const app = stream.category === 'signin' ? appOf(data) : null;
    return { id, type, actor, correlation, causation, app, stream: stored.stream, revision };
  },
};

function appOf(data: ProjectedEvent['data']): string | null {
  const { appId } = data as { readonly appId?: unknown };
  return typeof appId === 'string' ? appId : null;
}
