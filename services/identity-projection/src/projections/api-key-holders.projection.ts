import { apiKeyIssued, type EventOf, principalName } from '@evident/domain';
import type { Projection, View } from '@evident/read-model';
import { type Projected, typesOf } from './projected.ts';

/**
 * Whose an API key is, under its uid, for ever: `api-keys` forgets those that were revoked, and the messages about them
 * have to be found when their holder is erased.
 */
export type ApiKeyHolderRow = {
  /** `user:<uuid>` or `service:<uuid>` */
  readonly holderName: string;
};

const definitions = [apiKeyIssued] as const;

export const apiKeyHoldersView: View<ApiKeyHolderRow> = {
  name: 'api-key-holders',
  version: 1,
  indexes: [['holderName']],
};

export const apiKeyHoldersProjection: Projection<ApiKeyHolderRow, Projected<EventOf<typeof apiKeyIssued>>> = {
  name: 'api-key-holders',
  view: apiKeyHoldersView,
  types: typesOf(definitions),
  keys: (event) => [event.stream.id],
  evolve: (_row, { data }) => ({ holderName: principalName(data.holder) }),
};
