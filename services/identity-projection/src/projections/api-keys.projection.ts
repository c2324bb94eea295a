import { type ApiKeyEvent, apiKeyEvents, evolveApiKeyProfile, type Principal, principalName } from '@evident/domain';
import type { Projection, View } from '@evident/read-model';
import { type Projected, typesOf } from './projected.ts';

/**
 * An API key under its uid, until it is revoked; nothing by which it could be recognised. Its name is told by its event:
 * kept here it would outlive the erasure of who wrote it.
 */
export type ApiKeyRow = {
  readonly holder: Principal;
  readonly issuedBy: Principal;
  /** The same as text, to be looked up: `user:<uuid>` or `service:<uuid>`. */
  readonly holderName: string;
  readonly issuerName: string;
  readonly scopes: readonly string[] | null;
  readonly prefix: string;
  readonly expiresAt: number | null;
  /** Milliseconds since the epoch, from the log; also `updatedAt`. */
  readonly createdAt: number;
  readonly updatedAt: number;
};

export const apiKeysView: View<ApiKeyRow> = {
  name: 'api-keys',
  version: 2,
  indexes: [['createdAt'], ['holderName', 'createdAt'], ['issuerName', 'createdAt']],
};

export const apiKeysProjection: Projection<ApiKeyRow, Projected<ApiKeyEvent>> = {
  name: 'api-keys',
  view: apiKeysView,
  types: typesOf(apiKeyEvents),
  keys: (event) => [event.stream.id],
  evolve(row, event) {
    const before = row && { ...row, name: '', revokedAt: null };
    const profile = evolveApiKeyProfile(before, event, event.stored.recordedAt);
    if (profile === undefined || profile.revokedAt !== null) return undefined;
    const { name: _name, revokedAt: _, ...members } = profile;
    const { holder, issuedBy } = members;
    return { ...members, holderName: principalName(holder), issuerName: principalName(issuedBy) };
  },
};
