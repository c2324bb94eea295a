import type { WebhookDelivery } from '@evident/contracts';
import type { JsonObject } from '@evident/event-store';
import type { ReadModelStore } from '@evident/read-model';

export type Status = Omit<WebhookDelivery, 'position'>;

export const noStatus: Status = { delivered: 0, failures: 0, lastError: null, nextAttemptAt: null };

const keyOf = (webhookId: string) => `webhook/${webhookId}`;

export async function readStatus(store: ReadModelStore, webhookId: string): Promise<Status> {
  const [found] = await store.readNotes(keyOf(webhookId));
  return found === undefined ? noStatus : (found.note as unknown as Status);
}

export function writeStatus(store: ReadModelStore, webhookId: string, status: Status | undefined): Promise<void> {
  return store.putNote(keyOf(webhookId), status as JsonObject | undefined);
}
