import { type RefilledTallies, refillTallies, type SignInEvent, streams } from '@evident/domain';
import { readable, type StoredEvent } from '@evident/event-store';
import type { Log } from '@evident/log';
import { standIn } from '../sign-in/stream-ends.ts';

type LogToRead = Pick<Log, 'store' | 'codec' | 'tenant'>;

/** As many of an account's last attempts as the limits can ask about, and some right ones between them. */
const endOfAccount = 150;
/** Names that nobody has share one stream, as do bad keys. */
const endOfUnknown = 2_000;
/** Events that an account met cold costs, whoever it is: more of them would tell who signs in often, or who is known. */
const lookedAt = 16;

/**
 * The tallies of one account from the end of the stream where its attempts stand, met for the first time since the
 * start, or again after it was forgotten. Names that nobody has were recalled when the service started; one costs the
 * same reads here all the same, and as many events are decoded for it as for a user with few attempts or none. Only an
 * account that was tried more often than that since `busySince` is read further back.
 */
export async function recallAccount(
  log: LogToRead,
  { account, userId }: { readonly account: string; readonly userId: string | undefined },
  busySince: number,
): Promise<RefilledTallies> {
  const own = streams.signIn(log.tenant, userId ?? standIn);
  const [end, unknown] = await Promise.all([
    log.store.readStreamEnd(own, lookedAt),
    log.store.readStreamEnd(streams.signIn(log.tenant, undefined), lookedAt),
  ]);
  const looked = await decodeAll(log, [...unknown, ...end].slice(-lookedAt));
  const [oldest] = end;
  const isBusy = end.length === lookedAt && oldest !== undefined && oldest.recordedAt > busySince;
  const events = isBusy ? await decodeAll(log, await log.store.readStreamEnd(own, endOfAccount)) : looked;
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
    events.push(readable(decoded instanceof Promise ? await decoded : decoded) as unknown as SignInEvent);
  }
  return events;
}
