import { type RefilledTallies, refillTallies, type SignInEvent, streams } from '@evident/domain';
import { readable, type StoredEvent } from '@evident/event-store';
import type { Log } from '@evident/log';
import { standIn } from '../attempts/stand-in.ts';

type LogToRead = Pick<Log, 'store' | 'codec' | 'tenant'>;

/** As many of an account's last attempts as the limits can ask about, and some right ones between them. */
const endOfAccount = 150;
/** Names that nobody has share one stream, as do bad keys. */
const endOfUnknown = 2_000;
/** How much of its end tells whether an account was tried lately; most were not, and cost no more than this. */
const lookedAt = 4;

/** Milliseconds since the epoch. */
export interface RecallBounds {
  /** What is older can neither count as a failure nor begin or lengthen a wait. */
  readonly busySince: number;
  /** What is older counts for nothing at all. */
  readonly since: number;
}

/**
 * The tallies of one account from the end of its own stream: it is met for the first time since the start, or again
 * after it was forgotten. Names that nobody has were recalled when the service started, since they share one stream;
 * here such a name costs a look at an empty one, so that its answer is neither quicker nor slower than that of a user
 * who was not tried lately.
 */
export async function recallAccount(
  log: LogToRead,
  { account, userId }: { readonly account: string; readonly userId: string | undefined },
  { busySince, since }: RecallBounds,
): Promise<RefilledTallies> {
  const stream = streams.signIn(log.tenant, userId ?? standIn);
  const end = await log.store.readStreamEnd(stream, lookedAt);
  const [oldest] = end;
  const isBusy = end.length === lookedAt && oldest !== undefined && oldest.recordedAt > busySince;
  const stored = isBusy ? await log.store.readStreamEnd(stream, endOfAccount) : end;
  const events = await decodeAll(
    log,
    stored.filter(({ recordedAt }) => recordedAt > since),
  );
  return refillTallies(events.filter(({ data }) => data.account === account));
}

/** The tallies of names that nobody has, and of bad keys by address: read once, when the service starts. */
export async function recallUnknown(log: LogToRead): Promise<RefilledTallies> {
  return refillTallies(
    await decodeAll(log, await log.store.readStreamEnd(streams.signIn(log.tenant, undefined), endOfUnknown)),
  );
}

async function decodeAll({ codec }: Pick<Log, 'codec'>, stored: readonly StoredEvent[]): Promise<SignInEvent[]> {
  const events: SignInEvent[] = [];
  for (const event of stored) {
    const decoded = codec.decode(event);
    events.push(readable<SignInEvent>(decoded instanceof Promise ? await decoded : decoded));
  }
  return events;
}
