import { type RefilledTallies, refillTallies, type SignInEvent, streams } from '@evident/domain';
import { readable } from '@evident/event-store';
import type { Log } from '@evident/log';

type LogToRead = Pick<Log, 'store' | 'codec' | 'tenant'>;

/** As many of an account's last attempts as the limits can ask about, and some right ones between them. */
const endOfAccount = 150;
/** Names that nobody has share one stream, as do bad keys. */
const endOfUnknown = 2_000;

/**
 * The tallies of one account from the end of the stream where its attempts stand. A name that nobody has is looked
 * for in the same way in the stream that such names share, so that it costs what a known one does.
 */
export async function recallAccount(
  log: LogToRead,
  { account, userId }: { readonly account: string; readonly userId: string | undefined },
): Promise<RefilledTallies> {
  const events = await readEnd(log, streams.signIn(log.tenant, userId), endOfAccount);
  return refillTallies(events.filter(({ data }) => data.account === account));
}

/** The tallies of names that nobody has, and of bad keys by address: read once, when the service starts. */
export async function recallUnknown(log: LogToRead): Promise<RefilledTallies> {
  return refillTallies(await readEnd(log, streams.signIn(log.tenant, undefined), endOfUnknown));
}

async function readEnd({ store, codec }: LogToRead, stream: string, count: number): Promise<SignInEvent[]> {
  const events: SignInEvent[] = [];
  for (const stored of await store.readStreamEnd(stream, count)) {
    const decoded = codec.decode(stored);
    events.push(readable(decoded instanceof Promise ? await decoded : decoded) as unknown as SignInEvent);
  }
  return events;
}
