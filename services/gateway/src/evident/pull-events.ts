import type { CloudEvent, Reply } from '@evident/contracts';

interface EventPage {
  readonly events: readonly CloudEvent[];
  readonly next: string | null;
}

/**
 * Pulls one page of as many events as were asked for from answers that are bounded in bytes and in what was looked
 * at. `next` is where the next page begins, null at the end.
 */
export async function pullEvents<Page extends EventPage>(
  limit: number,
  after: string | undefined,
  ask: (piece: { readonly limit: number; readonly after?: string }) => Promise<Reply<Page>>,
): Promise<Reply<{ readonly events: readonly CloudEvent[]; readonly next: string | null; readonly last: Page }>> {
  const events: CloudEvent[] = [];
  for (let from = after; ; ) {
    const piece = await ask({ limit: limit - events.length, ...(from === undefined ? {} : { after: from }) });
    if (!piece.ok) return piece;
    events.push(...piece.value.events);
    const { next } = piece.value;
    if (next === null || events.length >= limit || isAtTheEnd(piece.value)) {
      return { ok: true, value: { events, next, last: piece.value } };
    }
    from = next;
  }
}

function isAtTheEnd(page: EventPage): boolean {
  return 'caughtUp' in page && page.caughtUp === true;
}
