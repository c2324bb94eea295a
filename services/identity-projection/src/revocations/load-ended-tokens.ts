import { parseStreamName } from '@evident/domain';
import type { EventStore, JsonObject, Position } from '@evident/event-store';
import { type Checkpoint, type ReadModelStore, type StoredRow, type View, viewId } from '@evident/read-model';
import { generationsProjection, generationsView } from '../projections/generations.projection.ts';
import { sessionsProjection, sessionsView } from '../projections/sessions.projection.ts';
import { type EndedTokens, generationEnded, revocationLifeMs, sessionEnded } from './ended-tokens.ts';

/** What had ended up to a position; from there on the log says it. */
export interface LoadedTokens {
  /** Undefined: nothing could be taken from the rows, the log is read from its beginning. */
  readonly position: Position | undefined;
  readonly ended: readonly EndedTokens[];
}

const group = 'security';
const attempts = 5;
const pageSize = 1_000;

/**
 * What has ended and can still matter, from the rows of the security group, so that a restart need not read the whole
 * log. The rows may be newer than the position given, which does no harm: what comes twice changes nothing.
 */
export async function loadEndedTokens(
  store: ReadModelStore,
  events: Pick<EventStore, 'compare' | 'lastPosition'>,
  now: number,
): Promise<LoadedTokens> {
  for (let attempt = 1; attempt <= attempts; attempt++) {
    const before = await store.readCheckpoint(group);
    if (before?.position === undefined || !(await isUsable(before, events))) break;
    const ended = await readEndedTokens(store, now);
    const after = await store.readCheckpoint(group);
    // Another owner may have dropped rows in between to fill them anew.
    if (after?.epoch === before.epoch && after.generation === before.generation) {
      return { position: before.position, ended };
    }
  }
  return { position: undefined, ended: [] };
}

async function isUsable(
  { position, views }: Checkpoint,
  events: Pick<EventStore, 'compare' | 'lastPosition'>,
): Promise<boolean> {
  const filled = [generationsView, sessionsView].every((view) => views.includes(viewId(view)));
  if (!filled || position === undefined) return false;
  const head = await events.lastPosition();
  if (head === undefined) return false;
  const order = events.compare(position, head);
  return typeof order === 'number' && order <= 0;
}

async function readEndedTokens(store: ReadModelStore, now: number): Promise<EndedTokens[]> {
  const since = now - revocationLifeMs;
  const ended: EndedTokens[] = [];
  for await (const { key, row } of endedSince(store, generationsView, since)) {
    ended.push(generationEnded(row.holder, key, row.generation, row.endedAt));
  }
  for await (const { key, row } of endedSince(store, sessionsView, since)) ended.push(sessionEnded(key, row.endedAt));
  for (const { projection, stream } of await store.readParked(group)) {
    // What waits for an operator may have ended these tokens; the rows do not say.
    const { category, id } = parseStreamName(stream) ?? { category: '', id: '' };
    if (projection === generationsProjection.name) {
      ended.push(generationEnded(category === 'agent' ? 'agent' : 'user', id, Number.MAX_SAFE_INTEGER, now));
    }
    if (projection === sessionsProjection.name) ended.push(sessionEnded(id, now));
  }
  return ended.sort((a, b) => a.endedAt - b.endedAt);
}

type Ended<Row> = { readonly key: string; readonly row: Row & { readonly endedAt: number } };

async function* endedSince<Row extends JsonObject & { readonly endedAt: number | null }>(
  store: ReadModelStore,
  view: View<Row>,
  since: number,
): AsyncGenerator<Ended<Row>> {
  for (let from = since, limit = pageSize; ; ) {
    const found: readonly StoredRow<Row>[] = await store.find(view, { index: ['endedAt'], from, limit });
    const rows = found.flatMap(({ key, row }) =>
      row === undefined || row.endedAt === null ? [] : [{ key, row: { ...row, endedAt: row.endedAt } }],
    );
    yield* rows;
    const last = rows.at(-1)?.row.endedAt;
    if (last === undefined || found.length < limit) return;
    // Rows move to later instants only: begun again where this page ended, none is missed, and some come twice.
    if (last === from) limit *= 2;
    else from = last;
  }
}
