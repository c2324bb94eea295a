import type { AppObject } from '@evident/contracts';
import type { AppRow } from '../projections/apps.projection.ts';

/** An app as others see it: member by member, so that nothing else of the row ever leaves. */
export function appObjectOf(uid: string, row: AppRow): AppObject {
  const { number, name, url, isActive, apiKeyPrefix, createdAt, updatedAt } = row;
  return { uid, number, name, url, isActive, apiKeyPrefix, createdAt, updatedAt };
}
