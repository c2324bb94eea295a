import type { StoredRow } from '@evident/read-model';
import type { UserRow } from '../projections/users.projection.ts';

export interface UserPageRequest {
  /** Undefined: both. */
  readonly isActive: boolean | undefined;
  readonly skip: number;
  readonly limit: number;
}

export interface UserPage {
  readonly rows: readonly StoredRow<UserRow>[];
  readonly total: number;
}
