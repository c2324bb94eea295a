import type { Position } from '@evident/event-store';
import type { ReadModelStore } from '@evident/read-model';

const key = 'webhooks-waiting';
/** What it costs to note a thousand of them is worth it once a second; a start looks at the log again from there. */
const noteEveryMsForThousand = 1_000;

/** Webhooks that had nothing to do up to a position of the log: their own checkpoints may be much older. */
export interface WaitingWebhooks {
  readonly position: Position;
  /** Of one beginning of each: `<id>.<beginning>`. */
  readonly webhooks: ReadonlySet<string>;
}

export const waitingName = (id: string, { beginning }: { readonly beginning: string }) => `${id}.${beginning}`;

export async function readWaiting(store: Pick<ReadModelStore, 'readNotes'>): Promise<WaitingWebhooks | undefined> {
  const [found] = (await store.readNotes(key)).filter((note) => note.key === key);
  if (found === undefined) return undefined;
  const { position, webhooks } = found.note as { readonly position: Position; readonly webhooks: readonly string[] };
  return { position, webhooks: new Set(webhooks) };
}

export async function noteWaiting(
  store: Pick<ReadModelStore, 'putNote'>,
  waiting: WaitingWebhooks | undefined,
): Promise<void> {
  const note = waiting && { position: waiting.position, webhooks: [...waiting.webhooks] };
  await store.putNote(key, note);
}

/** How long at least from one note to the next, in milliseconds. */
export function noteEveryMs(webhooks: number): number {
  return noteEveryMsForThousand * Math.max(1, webhooks / 1_000);
}
