import type { CloudEvent, Reply } from '@evident/contracts';
import type { Clock } from '@evident/runtime';
import { requestForMs } from '../http/request-context.ts';

interface EventPage {
  readonly events: readonly CloudEvent[];
  readonly next: string | null;
}

export interface WantedEvents {
  readonly limit: number;
  readonly after?: string | undefined;
  /** Asked before each further piece; where it says no, the page is what there is. Absent: the whole page, or a refusal. */
  readonly goesOn?: () => boolean;
}

/**
 * For half of the time that a request has, a page may be gathered. In a long log of which little matches it would else never
 * be whole in time, and whoever asked again would begin where they began before.
 */
export function gathering(now: Clock): () => boolean {
  const until = now() + requestForMs / 2;
  return () => now() < until;
}

/**
 * Pulls one page of as many events as were asked for from answers that are bounded in bytes and in what was looked
 * at. `next` is where the next page begins, null at the end.
 */
export async function pullEvents<Page extends EventPage>(
  { limit, after, goesOn = () => true }: WantedEvents,
  ask: (piece: { readonly limit: number; readonly after?: string }) => Promise<Reply<Page>>,
): Promise<Reply<{ readonly events: readonly CloudEvent[]; readonly next: string | null; readonly last: Page }>> {
  const events: CloudEvent[] = [];
  for (let from = after; ; ) {
    const piece = await ask({ limit: limit - events.length, ...(from === undefined ? {} : { after: from }) });
    if (!piece.ok) return piece;
    events.push(...piece.value.events);
    const { next } = piece.value;
    if (next === null || events.length >= limit || isAtTheEnd(piece.value) || !goesOn()) {
      return { ok: true, value: { events, next, last: piece.value } };
    }
    from = next;
  }
}

function isAtTheEnd(page: EventPage): boolean {
  return 'caughtUp' in page && page.caughtUp === true;
}
