import type { auditAccess, RequestOf, ValueOf } from '@evident/contracts';
import { streams } from '@evident/domain';
import type { Position, StoredEvent } from '@evident/event-store';
import { revisionsUpTo } from '@evident/evidence';
import type { StoredRow } from '@evident/read-model';
import { type AccessEdgeRow, accessEdgesView } from '../projections/access-edges.projection.ts';
import { type ActiveTimesRow, activeTimesView } from '../projections/active-times.projection.ts';
import { type Interval, intervalAt } from '../projections/interval.ts';
import type { Found } from '../reading/reading.ts';
import { type Asker, type Auditing, badQuery } from './auditing.ts';
import { EventPage } from './event-page.ts';
import { eventOf } from './event-source.ts';
import { findParty } from './find-party.ts';
import { momentIn, positionAt, tellMoment } from './moment.ts';

/** Edges that are looked at together. */
const pageSize = 200;
/** Looked at for one answer: where few of many were in force, a page may be short and not the last. */
const mostExamined = 2_000;

interface Access {
  readonly edge: AccessEdgeRow;
  readonly granted: Interval;
}

/**
 * Who could use an app, or what a user could use, at a moment: an assignment in force between a user and an app that
 * were both active. Read from intervals, by integer id of the other side; nothing of the log is folded.
 */
export async function accessAt(
  auditing: Auditing,
  request: RequestOf<typeof auditAccess>,
  asker: Asker,
): Promise<Found<ValueOf<typeof auditAccess>>> {
  if (request.app === undefined && request.user === undefined) return badQuery('Say which app or which user.');
  const at = momentIn(auditing.log.store, request, 'at');
  if ('error' in at) return at;
  const { found: moment } = at;
  const app = request.app === undefined ? undefined : await findParty(auditing, 'app', request.app);
  if (app !== undefined && 'error' in app) return app;
  const user = request.user === undefined ? undefined : await findParty(auditing, 'user', request.user);
  if (user !== undefined && 'error' in user) return user;
  const after = request.after === undefined ? 0 : Number(request.after);
  if (!Number.isSafeInteger(after) || after < 0)
    return badQuery(`after: ${JSON.stringify(request.after)} is no end of a page, like the "next" of an answer.`);

  const position = moment === undefined ? asker.head : await positionAt(auditing, moment, asker.head);
  const parties = { app: app?.found, user: user?.found };
  const inForce =
    position === undefined
      ? { access: [], next: null }
      : await findAccess(auditing, parties, {
          position,
          after,
          limit: request.limit,
        });
  const page = new EventPage(auditing, asker, request.limit);
  const events = await Promise.all(inForce.access.map((access) => grantOf(auditing, access)));
  const added = await page.add(events.flat());
  const access = page.events.flatMap((grantedBy, index) => {
    const edge = inForce.access[index]?.edge;
    return edge === undefined ? [] : [{ user: `user:${edge.userUid}`, app: `app:${edge.appUid}`, grantedBy }];
  });
  const cut = added < inForce.access.length ? inForce.access[added - 1]?.edge : undefined;
  const next = cut === undefined ? inForce.next : numberOf(cut, parties);
  return {
    found: {
      at: tellMoment(auditing.now(), moment),
      position: position ?? null,
      access,
      next: next === null ? null : String(next),
    },
  };
}

interface Parties {
  readonly app: ActiveTimesRow | undefined;
  readonly user: ActiveTimesRow | undefined;
}

/** A page is in the order of the side that was not named. */
function numberOf(edge: AccessEdgeRow, { app }: Parties): number {
  return app === undefined ? edge.appNumber : edge.userNumber;
}

async function findAccess(
  auditing: Auditing,
  parties: Parties,
  { position, after, limit }: { position: Position; after: number; limit: number },
): Promise<{ access: readonly Access[]; next: number | null }> {
  const { rows } = auditing;
  const named = parties.app ?? parties.user;
  if (named === undefined || intervalAt(named.intervals, position) === undefined) return { access: [], next: null };
  const access: Access[] = [];
  let to: number | undefined;
  for (let [from, examined] = [after + 1, 0]; ; ) {
    const edges = await findEdges(rows, parties, { from, ...(to === undefined ? {} : { to }) });
    const others = await rows.getMany(
      activeTimesView,
      edges.map(({ appUid, userUid }) => (parties.app === undefined ? `app:${appUid}` : `user:${userUid}`)),
    );
    for (const edge of edges) {
      const granted = intervalAt(edge.intervals, position);
      const other = others.get(parties.app === undefined ? `app:${edge.appUid}` : `user:${edge.userUid}`)?.row;
      if (granted === undefined || intervalAt(other?.intervals ?? [], position) === undefined) continue;
      const before = access.at(-1)?.edge;
      // One more than were asked for: else a full page that is the last would lead to an empty one.
      if (before !== undefined && access.length === limit) return { access, next: numberOf(before, parties) };
      access.push({ edge, granted });
    }
    const last = edges.at(-1);
    if (last === undefined || edges.length < pageSize) return { access, next: null };
    examined += edges.length;
    if (examined >= mostExamined) return { access, next: numberOf(last, parties) };
    from = numberOf(last, parties) + 1;
    // Whoever came later is not looked at: at an early moment most of the edges are of those.
    to ??= (await numbersAt(auditing, parties, position)) + 1;
  }
}

/** How many integer ids had been given, at a position, to the side that was not named. */
function numbersAt({ log, tenant }: Auditing, { app }: Parties, position: Position): Promise<number> {
  return revisionsUpTo(log.store, streams.numbers(tenant, app === undefined ? 'app' : 'user'), position);
}

async function findEdges(
  rows: Auditing['rows'],
  { app, user }: Parties,
  { from, to }: { readonly from: number; readonly to?: number },
): Promise<AccessEdgeRow[]> {
  const range = { from, ...(to === undefined ? {} : { to }), limit: pageSize };
  let found: readonly StoredRow<AccessEdgeRow>[] = [];
  if (app !== undefined && user !== undefined) {
    const edge = await rows.get(accessEdgesView, `${user.uid}|${app.uid}`);
    return edge === undefined || edge.userNumber < from ? [] : [edge];
  }
  if (app !== undefined) {
    const where = { appUid: app.uid };
    found = await rows.find(accessEdgesView, { index: ['appUid', 'userNumber'], where, ...range });
  } else if (user !== undefined) {
    const where = { userUid: user.uid };
    found = await rows.find(accessEdgesView, { index: ['userUid', 'appNumber'], where, ...range });
  }
  return found.flatMap(({ row }) => row ?? []);
}

/** The event of the assignment in force. */
function grantOf({ log, tenant }: Auditing, { edge, granted }: Access): Promise<readonly StoredEvent[]> {
  return eventOf(log.store, { stream: streams.user(tenant, edge.userUid), revision: granted.revision });
}
