import type { SealSigner } from '@evident/crypto';
import { type ExpiredAttempt, type Expiry, parseStreamName, type Seal, type SealEvent, streams } from '@evident/domain';
import { EventStoreFault, type Position, readable, type StoredEvent } from '@evident/event-store';
import {
  attemptsAfter,
  firstRevisionPast,
  isSigned,
  MerkleRoot,
  type NumberedEvent,
  numberedEvents,
  signExpiry,
} from '@evident/evidence';
import type { Log } from '@evident/log';

export type RetainedLog = Pick<Log, 'store' | 'codec' | 'tenant'>;

export interface ExpiryPlan {
  readonly signer: SealSigner;
  /** Names of the keys that our seals are signed by. */
  readonly trusted: ReadonlySet<string>;
  /** What was recorded earlier expires. */
  readonly before: number;
  readonly now: number;
  /** Attempts that one expiry lists at most. */
  readonly most: number;
  /** Number of an event up to which nothing is left to expire: it is not read again. */
  readonly clearUpTo: number;
}

/** An expiry to be decided, and how far seals cover the log. */
export interface NextExpiry {
  readonly expiry: Expiry;
  readonly sealedUpTo: number;
}

/** Nothing expires now. */
export interface NothingExpires {
  readonly expiry: undefined;
  /** Number of the event up to which all is old enough, and no attempt. */
  readonly clearUpTo: number;
}

/**
 * The attempts that expire next: those of the seals after the last expiry over which all is old enough. Each stretch is
 * held against its seal first, so nothing is let go of a log that is not what was sealed (`damaged`). Reads one stretch at a
 * time, and holds no more than its attempts.
 */
export async function nextExpiry(
  log: RetainedLog,
  last: Expiry | undefined,
  plan: ExpiryPlan,
): Promise<NextExpiry | NothingExpires> {
  const after = last?.upTo ?? 0;
  const attempts: ExpiredAttempt[] = [];
  let numbered: AsyncGenerator<NumberedEvent> | undefined;
  let sealedUpTo = Math.max(after, plan.clearUpTo);
  for await (const seal of sealsOver(log, sealedUpTo)) {
    numbered ??= await eventsFrom(log, seal);
    const stretch = await stretchOf(log, numbered, seal, plan);
    if (stretch.youngest >= plan.before) break;
    attempts.push(...stretch.attempts.filter(({ number }) => number > after));
    sealedUpTo = seal.before + seal.count;
    if (attempts.length >= plan.most) break;
  }
  await numbered?.return(undefined);
  const listed = attempts.slice(0, plan.most);
  const upTo = listed.at(-1)?.number;
  if (upTo === undefined) return { expiry: undefined, clearUpTo: sealedUpTo };
  const statement = {
    after,
    upTo,
    before: plan.before,
    total: (last?.total ?? 0) + listed.length,
    attempts: listed,
    ...(await whatGoes(log, listed)),
    at: plan.now,
  };
  return { expiry: signExpiry(log.tenant, statement, plan.signer), sealedUpTo };
}

/** The seals over the events after a number; seal n stands at revision n - 1. */
async function* sealsOver(log: RetainedLog, number: number): AsyncGenerator<Seal> {
  const stream = streams.seals(log.tenant);
  const endsAfter = async (event: StoredEvent) => {
    const { before, count } = await sealOf(log, event);
    return before + count > number;
  };
  for (let from = await firstRevisionPast(log.store, stream, endsAfter); ; from++) {
    const [event] = await log.store.readStream(stream, { from, limit: 1 });
    if (event === undefined) return;
    yield await sealOf(log, event);
  }
}

async function sealOf({ codec }: RetainedLog, stored: StoredEvent): Promise<Seal> {
  return readable<SealEvent>(await codec.decode(stored)).data;
}

/** From where a seal begins in this log; counted from the beginning where it was made before a restore or a migration. */
async function eventsFrom(log: RetainedLog, seal: Seal): Promise<AsyncGenerator<NumberedEvent>> {
  const { store, tenant } = log;
  const from = store.parsePosition(seal.from);
  const isHere = from !== undefined && typeof store.compare(from, from) === 'number';
  const start = isHere ? { number: seal.before, after: await preceding(log, from) } : { number: 0, after: undefined };
  const expired = (number: number) => attemptsAfter(log, number);
  const numbered = numberedEvents({ tenant, store, expired, start, page: 250 });
  for (let number = start.number; number < seal.before; number++) await numbered.next();
  return numbered;
}

async function preceding({ store }: RetainedLog, position: Position): Promise<Position | undefined> {
  const page = await store.readAllBackwards(position, 1);
  if ('outcome' in page) throw new EventStoreFault('log-changed', 'the log was replaced while it was read');
  return page[0]?.position;
}

interface Stretch {
  readonly attempts: readonly ExpiredAttempt[];
  /** When the last of it was recorded. */
  readonly youngest: number;
}

async function stretchOf(
  { tenant }: RetainedLog,
  numbered: AsyncGenerator<NumberedEvent>,
  seal: Seal,
  { trusted }: ExpiryPlan,
): Promise<Stretch> {
  const tree = new MerkleRoot();
  const attempts: ExpiredAttempt[] = [];
  let youngest = 0;
  while (tree.count < seal.count) {
    const { value, done } = await numbered.next();
    if (done === true) break;
    tree.add(value.digest);
    youngest = Math.max(youngest, value.recordedAt);
    const name = parseStreamName(value.stream);
    if (name?.category !== 'signin') continue;
    const { number, revision, position, recordedAt, digest } = value;
    attempts.push({ number, id: name.id, revision, position, recordedAt, digest });
  }
  const isOurs = trusted.has(seal.kid) && isSigned(tenant, seal);
  if (isOurs && tree.count === seal.count && tree.root() === seal.merkleRoot) return { attempts, youngest };
  throw new EventStoreFault(
    'damaged',
    `the log is not what its seal ${seal.number} is over: run evident audit verify-log`,
  );
}

/** The last attempt of a stream stays, so that the stream goes on where it ended: until a later one expires. */
async function whatGoes(log: RetainedLog, listed: readonly ExpiredAttempt[]): Promise<Pick<Expiry, 'letGo' | 'late'>> {
  const letGo: { id: string; upTo: number }[] = [];
  const late: string[] = [];
  for (const [id, attempts] of Map.groupBy(listed, (attempt) => attempt.id)) {
    const stream = streams.signIn(log.tenant, id);
    const [end] = await log.store.readStreamEnd(stream, 1);
    const first = attempts[0]?.revision ?? 0;
    const upTo = Math.min(attempts.at(-1)?.revision ?? 0, (end?.revision ?? 0) - 1);
    const earlier = (await log.store.readStream(stream, { limit: 2 })).filter(({ revision }) => revision < first);
    late.push(...earlier.map(({ position }) => position));
    if (upTo >= first || earlier.length > 0) letGo.push({ id, upTo });
  }
  return { letGo, late };
}
