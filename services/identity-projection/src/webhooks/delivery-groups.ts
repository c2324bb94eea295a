import type { ReadModelStore } from '@evident/read-model';

const prefix = 'webhook.';

/** The group that holds the position of one beginning of one webhook. */
export function deliveryGroup(webhookId: string, beginning: string): string {
  return `${prefix}${webhookId}.${beginning}`;
}

/** The groups of one webhook, or of all. */
export function readPlaces(store: Pick<ReadModelStore, 'readGroups'>, webhookId?: string): Promise<readonly string[]> {
  return store.readGroups(webhookId === undefined ? prefix : deliveryGroup(webhookId, ''));
}

/**
 * Forgets those of these places that a webhook has no more use for: it was replayed from elsewhere, or removed.
 * `beginnings` has the beginning of each webhook as its row says, undefined where it was removed; a webhook that it does
 * not know keeps its places. They must have been read before the row: then none of them is of a beginning that came later.
 */
export async function forgetPlaces(
  store: Pick<ReadModelStore, 'forgetGroup'>,
  places: readonly string[],
  beginnings: ReadonlyMap<string, string | undefined>,
): Promise<void> {
  for (const place of places) {
    const [webhookId = '', beginning] = place.slice(prefix.length).split('.');
    if (beginnings.has(webhookId) && beginnings.get(webhookId) !== beginning) await store.forgetGroup(place);
  }
}
