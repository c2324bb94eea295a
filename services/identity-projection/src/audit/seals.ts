import { fail, type listSeals, type proveEvent, type RequestOf, type ValueOf } from '@evident/contracts';
import { type Seal, type SealEvent, streams } from '@evident/domain';
import { type EventStore, eventDigest, type Position, readable, type StoredEvent } from '@evident/event-store';
import { attemptsAfter, firstRevisionPast, merkleProof, type NumberedEvent, numberedEvents } from '@evident/evidence';
import type { Log } from '@evident/log';
import { recordedEventsView } from '../projections/recorded-events.projection.ts';
import type { Found } from '../reading/reading.ts';
import type { Asker, Auditing } from './auditing.ts';
import { eventOf } from './event-source.ts';
import { mustBeAwaited } from './in-time.ts';
import { known } from './moment.ts';

const perPage = 200;

/** Seals by number: number n stands at revision n - 1 of its stream. */
export async function sealsOf(
  auditing: Auditing,
  { after, limit }: RequestOf<typeof listSeals>,
): Promise<Found<ValueOf<typeof listSeals>>> {
  const { log, tenant } = auditing;
  const stored = await log.store.readStream(streams.seals(tenant), { from: after, limit: Math.min(limit, perPage) });
  const seals = await Promise.all(stored.map((event) => sealOf(log, event)));
  const last = seals.at(-1);
  const more =
    last !== undefined && (await log.store.readStream(streams.seals(tenant), { from: last.number, limit: 1 }));
  return { found: { seals, next: last !== undefined && more && more.length > 0 ? last.number : null } };
}

/** The seal that an event is in, and the way from its digest to the root. */
export async function proofOf(
  auditing: Auditing,
  { eventId }: RequestOf<typeof proveEvent>,
  asker: Asker,
): Promise<Found<ValueOf<typeof proveEvent>>> {
  const { log, rows } = auditing;
  const sealedLog = {
    store: log.store,
    codec: log.codec,
    tenant: auditing.tenant,
    counted: () => mustBeAwaited(auditing, asker),
  };
  const [found] = await rows.find(recordedEventsView, { index: ['id'], where: { id: eventId }, limit: 1 });
  const [event] = found?.row === undefined ? [] : await eventOf(log.store, found.row);
  if (event === undefined) return fail('audit.unknown-subject', { details: { reason: 'There is no such event.' } });
  const seal = await sealWith(sealedLog, event.position);
  if (seal === undefined) return fail('audit.not-sealed');
  const digests: string[] = [];
  let index = -1;
  for await (const { event: sealed, digest } of stretchOf(sealedLog, seal)) {
    if (sealed?.id === eventId) index = digests.length;
    digests.push(digest);
  }
  if (index === -1) return fail('audit.not-sealed');
  const proof = [...merkleProof(digests, index)];
  return { found: { eventId, position: event.position, digest: eventDigest(event), index, proof, seal } };
}

/** The first seal that ends at or after the position. */
async function sealWith(log: SealedLog, position: Position): Promise<Seal | undefined> {
  const stream = streams.seals(log.tenant);
  const endsThere = async (event: StoredEvent) => (await endOf(log, await sealOf(log, event))) >= position;
  const from = await firstRevisionPast(log.store, stream, endsThere);
  const [event] = await log.store.readStream(stream, { from, limit: 1 });
  return event === undefined ? undefined : sealOf(log, event);
}

/** Where a seal ends in this log: as it says, or counted where it was made before a restore. */
async function endOf(log: SealedLog, seal: Seal): Promise<Position> {
  const position = ownPosition(log.store, seal.to);
  if (position !== undefined) return position;
  const end = await positionAfter(log, seal.before + seal.count);
  return end ?? (seal.to as Position);
}

async function* stretchOf(log: SealedLog, seal: Seal): AsyncGenerator<NumberedEvent> {
  const first = ownPosition(log.store, seal.from);
  const after =
    first === undefined
      ? await positionAfter(log, seal.before)
      : (await known(log.store.readAllBackwards(first, 1)))[0]?.position;
  for await (const event of numbered(log, { number: seal.before, after })) {
    yield event;
    if (event.number === seal.before + seal.count) return;
  }
}

type SealedLog = Pick<Log, 'store' | 'codec' | 'tenant'> & {
  /** Called for each event that is counted; what it throws ends the counting. */
  readonly counted: () => void;
};

async function* numbered(
  log: SealedLog,
  start: { readonly number: number; readonly after: Position | undefined },
): AsyncGenerator<NumberedEvent> {
  const { store, tenant } = log;
  const expired = (after: number) => attemptsAfter(log, after);
  for await (const event of numberedEvents({ tenant, store, expired, start, page: 500 })) {
    log.counted();
    yield event;
  }
}

function ownPosition(store: EventStore, text: string): Position | undefined {
  const position = store.parsePosition(text);
  return position !== undefined && typeof store.compare(position, position) === 'number' ? position : undefined;
}

/** Of the last event that is there of so many, by counting. */
async function positionAfter(log: SealedLog, count: number): Promise<Position | undefined> {
  if (count === 0) return undefined;
  let reached: Position | undefined;
  for await (const { number, event } of numbered(log, { number: 0, after: undefined })) {
    reached = event?.position ?? reached;
    if (number === count) break;
  }
  return reached;
}

async function sealOf({ codec }: Pick<Log, 'codec'>, stored: StoredEvent): Promise<Seal> {
  return readable<SealEvent>(await codec.decode(stored)).data;
}
