import type { RequestOf, readEvents, ValueOf } from '@evident/contracts';
import { type EventStore, ownTurn, type Position } from '@evident/event-store';
import { typePatterns } from '@evident/evidence';
import type { Found } from '../reading/reading.ts';
import { type Asker, type Auditing, noSuchType } from './auditing.ts';
import { EventPage } from './event-page.ts';
import { known, momentIn, positionAt } from './moment.ts';

/** Events read at a time, and looked at for one answer: a filter that matches little answers "not yet" and goes on. */
const batchSize = 500;
const mostScanned = 10_000;

/** The log in its order, straight from the leader: what was acknowledged is there. */
export async function readLog(
  auditing: Auditing,
  { types, limit, waitMs = 0, ...request }: RequestOf<typeof readEvents>,
  asker: Asker,
): Promise<Found<ValueOf<typeof readEvents>>> {
  const { store } = auditing.log;
  const wanted = typePatterns(types);
  if ('unknown' in wanted) return noSuchType(wanted.unknown);
  let after: Position | undefined;
  const moment = momentIn(store, request, 'after');
  if ('error' in moment) return moment;
  const { found } = moment;
  if (found !== undefined) {
    const isAhead = 'position' in found && (asker.head === undefined || found.position > asker.head);
    if (isAhead) return { found: { events: [], next: found.position, caughtUp: true } };
    after = await positionAt(auditing, found, asker.head);
  }
  const page = new EventPage(auditing, asker, limit);
  const patience = Math.min(waitMs, asker.deadline - auditing.now() - 250);
  let waited = false;
  for (let scanned = 0; scanned < mostScanned; scanned += batchSize) {
    await ownTurn();
    const batch = await known(store.readAll(after, batchSize));
    const matching = batch.filter(({ type }) => wanted.matches(type));
    const added = await page.add(matching);
    if (added < matching.length) {
      // Full: goes on after the last event that was taken, or where none was, where it began.
      const last = added === 0 ? after : matching[added - 1]?.position;
      return { found: { events: page.events, next: last ?? null, caughtUp: false } };
    }
    after = batch.at(-1)?.position ?? after;
    if (batch.length === batchSize) continue;
    if (page.events.length > 0 || waited || patience <= 0) {
      return { found: { events: page.events, next: after ?? null, caughtUp: true } };
    }
    waited = true;
    if (!(await somethingCame(store, after, patience))) {
      return { found: { events: [], next: after ?? null, caughtUp: true } };
    }
  }
  return { found: { events: page.events, next: after ?? null, caughtUp: false } };
}

/** Waits for an event after the position, at most so long; whether one came. */
async function somethingCame(store: EventStore, after: Position | undefined, withinMs: number): Promise<boolean> {
  for await (const _ of store.follow(after, { signal: AbortSignal.timeout(withinMs), batchSize: 1 })) return true;
  return false;
}
